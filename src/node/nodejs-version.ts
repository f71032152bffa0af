// Imports nothing, so that it runs in any Node.js.

/** The oldest supported major version, as `engines` in package.json has it. */
const NODE_MAJOR_MIN = 24;

/** Ends the process with a sentence and exit code 2 in a Node.js in which native modules of this program would crash. */
export function exitIfNodeJsUnsupported(): void {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) >= NODE_MAJOR_MIN) return;
  console.error(
    `Minutebook needs Node.js ${NODE_MAJOR_MIN} or later, and this is ${node} (${process.execPath}): install a later one, or start it by npm (npm start, npx minutebook), which finds the one that npm ci installed.`,
  );
  process.exit(2);
}
