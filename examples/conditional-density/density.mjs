// Learns p(y | x) where both the mean and the width of y depend on x, and draws the density as an SVG.
import { writeFile } from "node:fs/promises";
import { js } from "@normflow/backend-js";
import { fit } from "@normflow/core";
import { maf } from "@normflow/layers";

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const context = Array.from({ length: 3000 }, () => [6 * Math.random() - 3]);
const x = context.map(([c]) => [Math.sin(c) + (0.1 + 0.15 * Math.abs(c)) * normal()]);

const steps = Number(process.argv[2] ?? 600);
const backend = js();
const model = await fit(maf({ features: 1, context: 1, layers: 3 }), { x, context }, { backend, steps, seed: 1 });

// One row of the picture for each y: its density under every x, each x being the context of its own event.
const [width, height, size] = [90, 60, 6];
const columns = Array.from({ length: width }, (_, i) => -3 + (6 * (i + 0.5)) / width);
const rects = [];
for (let row = 0; row < height; row++) {
  const y = 2.4 - (4.8 * (row + 0.5)) / height;
  const { data } = await model.logProb(
    columns.map(() => [y]),
    { context: columns.map((c) => [c]) },
  );
  data.forEach((logDensity, i) => {
    const opacity = Math.min(1, Math.exp(logDensity) / 1.6);
    if (opacity > 0.01)
      rects.push(
        `<rect x="${i * size}" y="${row * size}" width="${size}" height="${size}" fill-opacity="${opacity.toFixed(2)}"/>`,
      );
  });
}
const box = `viewBox="0 0 ${width * size} ${height * size}"`;
await writeFile(
  "density.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" ${box} fill="#2456a6">${rects.join("")}</svg>\n`,
);

const draws = await model.sample(2000, { context: [[0], [3]], seed: 2 });
[0, 3].forEach((c, i) => {
  const own = draws.data.slice(i * 2000, (i + 1) * 2000);
  const mean = own.reduce((a, b) => a + b, 0) / own.length;
  const deviation = Math.sqrt(own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length);
  console.log(`x = ${c}: mean ${mean.toFixed(2)}, deviation ${deviation.toFixed(2)}`);
});
console.log("density.svg is written.");
