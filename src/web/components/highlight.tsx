import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';

const HighlightContext = createContext<RegExp | undefined>(undefined);

/** Marks these words in the texts of statements below it. */
export const Highlight = ({
  words,
  children,
}: {
  readonly words: string;
  readonly children: ComponentChildren;
}) => {
  const parts = words.match(/[\p{L}\p{N}]+/gu) ?? [];
  const pattern =
    parts.length === 0
      ? undefined
      : new RegExp(String.raw`(?<![\p{L}\p{N}])(${parts.join('|')})(?![\p{L}\p{N}])`, 'giu');
  return <HighlightContext.Provider value={pattern}>{children}</HighlightContext.Provider>;
};

/** A text in which the words that are looked for are marked. */
export const HighlightedText = ({ text }: { readonly text: string }) => {
  const pattern = useContext(HighlightContext);
  if (!pattern) return <>{text}</>;
  // The words are at the odd positions, since the pattern has one group.
  return (
    <>
      {text.split(pattern).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}
    </>
  );
};
