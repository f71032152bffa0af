import type { Command } from 'commander';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('serve a book in ./demo-data (DATA_DIR) with a real history, and print addresses to open')
    .action(async () => {
      await import('./run-demo.js');
    });
}
