/** Two soft tones, made here: there is no file to load. */
export function chime(): void {
  const context = new AudioContext();
  [660, 880].forEach((pitch, at) => {
    const start = context.currentTime + at * 0.14;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.08, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.4);
  });
  setTimeout(() => void context.close(), 1200);
}
