import { join } from "node:path";
import type { NextConfig } from "next";

const base = process.env["BASE_PATH"] ?? "";

/** Static files: the model runs in the page, so that any host will do. A folder of a host is named by BASE_PATH. */
const config: NextConfig = {
  output: "export",
  reactStrictMode: true,
  poweredByHeader: false,
  basePath: base,
  // The page itself asks for its model and its service worker below it.
  env: { NEXT_PUBLIC_BASE_PATH: base },
  generateBuildId: () => process.env["STUDIO_BUILD"] ?? null,
  // `npm run check` looks at the types, of the tests too.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  turbopack: { root: join(import.meta.dirname, "../..") },
};

export default config;
