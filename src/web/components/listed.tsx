import type { VNode } from 'preact';

type Part = VNode | string | null | false;

/** What is there of these, separated by commas. */
export const Listed = ({ parts }: { readonly parts: readonly Part[] }) => (
  <>
    {parts
      .filter((part) => part !== null && part !== false && part !== '')
      .map((part, index) => (
        <span key={index}>
          {index > 0 && ', '}
          {part}
        </span>
      ))}
  </>
);
