/**
 * flowctl: the command line.
 *
 * @module
 */
import { Command, CommanderError, Option } from "commander";
import { decode } from "./commands/decode.ts";
import { encode } from "./commands/encode.ts";
import { exportModel } from "./commands/export.ts";
import { flows } from "./commands/flows.ts";
import { doctor, inspect } from "./commands/inspect.ts";
import { morph } from "./commands/morph.ts";
import { sample } from "./commands/sample.ts";
import { score } from "./commands/score.ts";
import { train } from "./commands/train.ts";
import { BACKENDS } from "./engine.ts";
import { EXIT, type Io, processIo, report } from "./io.ts";
import { above, whole } from "./options.ts";
import { version } from "./run/environment.ts";
import { flowOption } from "./run/options.ts";

const OVERVIEW = `
Examples:
  flowctl sample -n 4 --seed 1 -o tunes         four melodies as MIDI files
  flowctl score tunes                           how likely each of them is, in bits
  flowctl morph a.mid b.mid --points 9          nine melodies from one to the other
  flowctl train melodies/ -o run                train on a folder of .mid, .abc or .mxl files
  flowctl train table.csv -o run --flow maf     train on a table of numbers
  flowctl train book.txt -o run                 train on a text, character by character
  flowctl sample -m run/model.safetensors -n 100 -o samples.csv

Data go to standard output, with --json one JSON object a line; messages go to standard error.
Exit codes: 0 done, 1 error, 2 wrong usage or nothing usable in the input, 130 interrupted.`;

const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((l) => `  ${l}`).join("\n")}`;

/** The commands, each ending in an exit code given to `done`. */
function program(io: Io, done: (code: number) => void): Command {
  const root = new Command("flowctl")
    .description("Train, sample and inspect normalizing flows.")
    .version(version())
    .addHelpText("after", OVERVIEW)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.line(text.replace(/\n$/, "")),
      writeErr: (text) => {
        for (const line of text.trimEnd().split("\n")) io.message(line);
      },
    });
  const json = (command: Command): Command => command.option("--json", "print JSON, one object a line");
  const engine = (command: Command): Command =>
    json(command)
      .addOption(new Option("--backend <name>", "what computes").choices(BACKENDS).default("onnx"))
      .option("--threads <n>", "threads of the backend", whole(1, 1024));
  const file = (command: Command): Command =>
    command.option("-m, --model <file>", "model file (default: the melody model that ships)");
  const model = (command: Command): Command => engine(file(command));
  const output = (command: Command, what: string): Command =>
    command.option("-o, --output <path>", what).option("--force", "overwrite files that are there");

  engine(root.command("train <data>"))
    .description("train a flow on a folder of melodies, a table, images (IDX, .png, .npy) or a text (.txt)")
    .requiredOption("-o, --output <run>", "folder of the run, made anew")
    .option("--flow <name>", "flow to train; flowctl flows lists them")
    .option(
      "--option <name=value>",
      "an option of the flow, any number of times; flowctl flows NAME lists them",
      flowOption,
    )
    .option("--context <columns>", "columns of a table to condition on, with commas between")
    .option("--ignore <columns>", "columns of a table to leave out, such as labels, with commas between")
    .option("--seed <n>", "seed of everything random", whole(0))
    .option("--epochs <n>", "passes over the data", whole(1))
    .option("--batch <n>", "items a step", whole(1))
    .option("--lr <x>", "learning rate", above(0))
    .option("--time-limit <s>", "seconds after which training ends", above(0))
    .option("--config <file>", "settings as JSON; flags go before them")
    .option("--checkpoint-every <n>", "steps between checkpoints besides those of each epoch", whole(1))
    .option("--resume", "go on with the run in the output folder")
    .addHelpText(
      "after",
      examples(
        "flowctl train melodies/ -o run",
        "flowctl train melodies/ -o run --resume",
        "flowctl train table.csv -o run --flow realNVP --epochs 50",
        "flowctl train table.csv -o run --flow maf --option layers=8 --option hidden=128,128",
        "flowctl train table.csv -o run --context age,height",
        "flowctl train table.csv -o run --ignore id,label",
        "flowctl train train-images-idx3-ubyte.gz -o run --context label",
        "flowctl train book.txt -o run --option width=64",
      ),
    )
    .action(async (data, options) => done(await train(data, options, io)));
  json(root.command("flows [name]"))
    .description("list the flows that train knows, or the options of one")
    .addHelpText("after", examples("flowctl flows", "flowctl flows maf", "flowctl flows maf --json"))
    .action(async (name, options) => done(flows(name, options, io)));
  output(
    model(root.command("sample")),
    "folder for MIDI files, a .csv for rows, a .txt for texts, or a .png for images",
  )
    .description("draw melodies, rows, texts or images from a model")
    .option("--length <n>", "characters of each text (default: those of a window)", whole(1, 10_000_000))
    .option("-n, --number <n>", "how many", whole(1, 10_000_000), 1)
    .option("--seed <n>", "seed: the same gives the same", whole(0), 0)
    .option("--context <values>", "values of the columns that the model conditions on: age=30,height=1.7")
    .option("--temperature <t>", "below 1 safer, above 1 wilder", above(0, true), 1)
    .addOption(
      new Option("--grid <what>", "what a picture of images shows").choices([
        "samples",
        "temperatures",
        "interpolation",
      ]),
    )
    .addHelpText(
      "after",
      examples(
        "flowctl sample -n 4 --seed 1 -o tunes",
        "flowctl sample -m run/model.safetensors -n 1000 -o samples.csv",
        "flowctl sample -m run/model.safetensors --length 1000 -o text.txt",
        "flowctl sample -m run/model.safetensors -n 1000 --context age=30,height=1.7",
        "flowctl sample -m run/model.safetensors -n 8 --grid interpolation -o between.png",
      ),
    )
    .action(async (options) => done(await sample(options, io)));
  output(model(root.command("score <data>")), ".csv for the scores of rows")
    .description("print how likely melodies (bits), rows or texts (nats) are, the lower the more typical")
    .option("--labels <name>", "compare with labels, 1 for anomalies: a column, an array of the .npz, or a file")
    .addHelpText(
      "after",
      examples(
        "flowctl score tunes",
        "flowctl score tune.abc --json",
        "flowctl score table.csv -m run/model.safetensors -o scores.csv",
        "flowctl score table.npz -m run/model.safetensors --labels y    AUROC and average precision besides",
      ),
    )
    .action(async (data, options) => done(await score(data, options, io)));
  model(root.command("encode <data>"))
    .description("print the latents of melodies, rows or texts, always as JSON")
    .addHelpText("after", examples("flowctl encode tunes > latents.jsonl"))
    .action(async (data, options) => done(await encode(data, options, io)));
  output(model(root.command("decode")), ".txt for a text, exactly as it was encoded")
    .description("print what latents decode to; reads what encode prints from standard input")
    .addHelpText("after", examples("flowctl decode < latents.jsonl", "flowctl encode tunes | flowctl decode --json"))
    .action(async (options) => done(await decode(options, io)));
  output(model(root.command("morph <a> <b>")), "folder for MIDI files")
    .description("print melodies on the way from one file's melody to another's")
    .option("--points <n>", "melodies, both ends included", whole(2, 1000), 9)
    .option("--preset <name>", "musical, or smooth", "musical")
    .option("--from <n>", "window of the first file", whole(0), 0)
    .option("--to <n>", "window of the second file", whole(0), 0)
    .addHelpText("after", examples("flowctl morph a.mid b.abc --points 9 --preset smooth -o path"))
    .action(async (a, b, options) => done(await morph(a, b, options, io)));
  json(root.command("export [model]"))
    .description("write a model's sampling, density, encoding and decoding as ONNX files that need nothing else")
    .option("--onnx", "as ONNX, the one format there is", true)
    .requiredOption("-o, --output <folder>", "folder for the files and export.md, which says how to use them")
    .option("--force", "overwrite files that are there")
    .addHelpText(
      "after",
      `${examples("flowctl export run/model.safetensors --onnx -o exported", "flowctl export --onnx -o melody")}

The graphs draw nothing: sample.onnx takes its noise as inputs, standard normal where export.md says normal, uniform
between 0 and 1 where it says uniform; a factor on noise/base/base is the temperature. The others are functions of their
inputs. Batches may have any size. Log-densities are in nats.`,
    )
    .action(async (path, options) => done(await exportModel(path, options, io)));
  json(file(root.command("inspect")))
    .description("print what a model file holds")
    .addHelpText("after", examples("flowctl inspect -m run/model.safetensors"))
    .action(async (options) => done(await inspect(options, io)));
  json(root.command("doctor"))
    .description("try every backend and print what runs here")
    .addHelpText("after", examples("flowctl doctor"))
    .action(async (options) => done(await doctor(options, io)));
  return root;
}

/** Runs flowctl on its arguments and returns the exit code; nothing is thrown. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let code: number = EXIT.done;
  try {
    await program(io, (c) => {
      code = c;
    }).parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // Commander has said what is wrong; asking for help or the version is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.unusable;
    return report(io, error);
  }
}
