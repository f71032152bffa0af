import type { ComponentChildren } from 'preact';

type SectionProps = {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
};

/** A part of a page, which its heading names. */
export const Section = ({ id, title, children }: SectionProps) => (
  <section aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {children}
  </section>
);
