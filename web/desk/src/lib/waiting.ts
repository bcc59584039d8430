/**
 * How long a customer may wait before the clock draws the eye. Until promises are set per team,
 * one answer an hour is the promise: grey at first, amber after 75 % of it, red once it is passed
 * by as much again. Whoever waits in a snoozed conversation waits on purpose and is never coloured.
 */
const PROMISE = 60 * 60_000;
const AMBER = 0.75 * PROMISE;
const RED = 2 * PROMISE;

export type Urgency = 'calm' | 'amber' | 'red';

export function urgency(waitingSince: string, now: number): Urgency {
  const waited = now - new Date(waitingSince).getTime();
  if (waited >= RED) return 'red';
  return waited >= AMBER ? 'amber' : 'calm';
}
