import { diffWordsWithSpace } from 'diff';

/** What a correction changed in a text, word by word. */
export const WordDiff = ({ from, to }: { readonly from: string; readonly to: string }) => (
  <p class="diff" dir="auto">
    {diffWordsWithSpace(from, to).map(({ value, added, removed }, index) =>
      added ? (
        <ins key={index}>{value}</ins>
      ) : removed ? (
        <del key={index}>{value}</del>
      ) : (
        <span key={index}>{value}</span>
      ),
    )}
  </p>
);
