import { Bar, Late } from '../ui/Skeleton';

const shapes = [
  [112, '86%', 56],
  [88, '72%', 72],
  [136, '80%', 48],
  [104, '64%', 64],
  [120, '90%', 56],
  [96, '76%', 72],
] as const;

/** The shape of rows to come, shown when they take longer than a moment. */
export function RowSkeletons() {
  return (
    <Late>
      <div aria-busy="true">
        {shapes.map(([name, line, chip], at) => (
          <div key={at} className="conv">
            <span className="sk c" />
            <div>
              <div className="row line">
                <Bar w={name} />
                <span className="end">
                  <Bar w={28} />
                </span>
              </div>
              <div className="row line">
                <Bar w={line} />
              </div>
              <div className="l3">
                <Bar w={chip} h={12} />
              </div>
            </div>
          </div>
        ))}
      </div>
    </Late>
  );
}
