/**
 * The content security policy of the studio's pages.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** What a page may do, apart from its own inline scripts: all from its own host, nothing from another. */
const rules = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "font-src": "'self'",
  "img-src": "'self' data: blob:",
  "media-src": "blob:",
  "connect-src": "'self'",
  "manifest-src": "'self'",
  "worker-src": "'self'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

/** The policy of what is no page (a worker takes the one of its own response). */
export const plainPolicy = policy([]);

/** What only a header can ask for. */
export const headerRules = "; frame-ancestors 'none'";

function policy(hashes) {
  return Object.entries(rules)
    .map(([rule, sources]) => [rule, sources, ...(rule === "script-src" ? hashes : [])].join(" "))
    .join("; ");
}

/** The texts of the inline scripts of a page. */
export function inlineScripts(html) {
  return [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)]
    .filter(([, attributes]) => !/\ssrc\s*=/i.test(attributes))
    .map(([, , text]) => text);
}

/** The inline styles of a page, which the policy would not apply. */
export function inlineStyles(html) {
  const markup = html.replace(/<script\b[\s\S]*?<\/script>/gi, "");
  return [...markup.matchAll(/<style\b[^>]*>|<[a-z][^>]*\sstyle\s*=\s*["'][^>]*>/gi)].map(([tag]) => tag);
}

/**
 * Adds the policy to a page, before its first script, with the hashes of the inline scripts that it holds.
 * @throws {Error} with a sentence where the page has no head
 */
export function withPolicy(html) {
  const hashes = inlineScripts(html).map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy([...new Set(hashes)])}"/>`;
  // The encoding stays first: browsers look for it in the first 1024 bytes only.
  const head = /<head\b[^>]*>(?:\s*<meta\s+charset="[^"]*"\s*\/?>)?/i.exec(html);
  if (!head) throw new Error("A page without <head> cannot carry a content security policy.");
  const end = head.index + head[0].length;
  return html.slice(0, end) + meta + html.slice(end);
}

/** The policy that a page carries. */
export function policyOf(html) {
  return /<meta http-equiv="Content-Security-Policy" content="([^"]*)"\/>/.exec(html)?.[1];
}
