// Draws a melody with the model in the page, writes it down and plays it.
import { js } from "@normflow/backend-js";
import { fromEvent, MelodyModel, toNotes } from "@normflow/music";

const [button, notes] = ["draw", "notes"].map((id) => document.getElementById(id));
const response = await fetch("melody.safetensors");
const model = MelodyModel.open(new Uint8Array(await response.arrayBuffer()), js());
notes.textContent = "Ready.";
button.disabled = false;

const SIXTEENTH = 0.14;
let audio;
let seed = 0;

button.addEventListener("click", async () => {
  const [event] = await model.sample(1, { seed: seed++ });
  const [bits] = await model.bits([event]);
  const melody = toNotes(fromEvent(event));
  notes.textContent = `seed ${seed - 1}, ${bits.toFixed(1)} bits\n${melody
    .map(([pitch, start, length]) => `${String(start).padStart(2)}: ${pitch} for ${length}`)
    .join("\n")}`;
  audio ??= new AudioContext();
  for (const [pitch, start, length] of melody) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const [from, to] = [start, start + length].map((s) => audio.currentTime + 0.05 + s * SIXTEENTH);
    tone.type = "triangle";
    tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
    volume.gain.setValueAtTime(0.2, from);
    volume.gain.exponentialRampToValueAtTime(0.001, to);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(to);
  }
});
