/**
 * The document around the studio.
 *
 * @module
 */
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import "./globals.css";

const base = process.env["NEXT_PUBLIC_BASE_PATH"] ?? "";

export const metadata: Metadata = {
  title: "normflow studio",
  description: "Draw melodies, find the path between two of them, edit and play them. The model runs in the page.",
  manifest: `${base}/manifest.webmanifest`,
  icons: { icon: `${base}/icon.svg`, apple: `${base}/icon-apple-180.png` },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfaf7" },
    { media: "(prefers-color-scheme: dark)", color: "#14151a" },
  ],
};

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
