// Checkpoints and receipts of other implementations, as published, are parsed and verified.
import { parseCheckpoint } from '../../src/verify/checkpoint.js';
import { assertSigned, parseNote } from '../../src/verify/note.js';
import { parseReceipt, receiptProvesLeaf } from '../../src/verify/receipt.js';
import { leafHash } from '../../src/verify/tree.js';
import { parseVerifierKey } from '../../src/verify/verifier-key.js';

type Log = {
  /** The source of the publication. */
  readonly source: string;
  readonly key: string;
  readonly note: string;
  readonly origin: string;
  readonly size: bigint;
  readonly root: string;
  readonly extensions: readonly string[];
};

const SUM_GOLANG = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'; // cmd/go, modfetch/key.go
const REKOR_V1 =
  'rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc='; // transparency-dev/formats
const REKOR_V2 = 'log2025-1.rekor.sigstore.dev+cf119915+AbfK5adZJxsI323FwGD2AJJ9F4i89cfDuLdGJBIYntuO'; // transparency-dev/incubator
const ARCHE = 'arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f';

const logs: { readonly [name: string]: Log } = {
  'the Go checksum database': {
    source: 'transparency-dev/formats, log/checkpoint_test.go',
    key: SUM_GOLANG,
    note: 'go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n',
    origin: 'go.sum database tree',
    size: 6_476_701n,
    root: 'mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=',
    extensions: [],
  },
  'the Go checksum database with a cosignature of a witness whose key is unknown here': {
    source: 'FiloSottile/litetlog, README.md',
    key: SUM_GOLANG,
    note: 'go.sum database tree\n15067302\ngJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=\n\n— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=\n— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=\n',
    origin: 'go.sum database tree',
    size: 15_067_302n,
    root: 'gJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=',
    extensions: [],
  },
  'Rekor 1 (Trillian), with an extension line, signed with ECDSA': {
    source: 'sigstore/sigstore-js, packages/verify, checkpoint.test.ts',
    key: REKOR_V1,
    note: 'rekor.sigstore.dev - 2605736670972794746\n21428036\nrxnoKyFZlJ7/R6bMh/d3lcqwKqAy5CL1LcNBJP17kgQ=\nTimestamp: 1688058656037355364\n\n— rekor.sigstore.dev wNI9ajBFAiEAuDk7uu5Ae8Own/MjhSZNuVzbLuYH2jBMxbSA0WaNDNACIDV4reKpYiOpkwtvazCClnpUuduF2o/th2xR3gRZAUU4\n',
    origin: 'rekor.sigstore.dev - 2605736670972794746',
    size: 21_428_036n,
    root: 'rxnoKyFZlJ7/R6bMh/d3lcqwKqAy5CL1LcNBJP17kgQ=',
    extensions: ['Timestamp: 1688058656037355364'],
  },
  'Rekor 2 (Tessera)': {
    source: 'sigstore/sigstore-js, packages/sign, rekor-v2.test.ts',
    key: REKOR_V2,
    note: 'log2025-1.rekor.sigstore.dev\n412115\n+8vUkEgBK/ansexBUomzocaWoPEmPIzxJC/y+xNMQN4=\n\n— log2025-1.rekor.sigstore.dev zxGZFahCZ/+MqTjH4rC5MWcdLDWbpetE5l30RZfQc4BQkRjWSoKipEUPjvHENeZDHIlAsuezJcLzUVvItpNjaSRoMAs=\n',
    origin: 'log2025-1.rekor.sigstore.dev',
    size: 412_115n,
    root: '+8vUkEgBK/ansexBUomzocaWoPEmPIzxJC/y+xNMQN4=',
    extensions: [],
  },
  'a static-ct log that signs with two keys of one name, with cosignatures of four witnesses': {
    source: 'arche2025h1.staging.ct.transparency.dev, 23 May 2026',
    key: ARCHE,
    note: 'arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n',
    origin: 'arche2025h1.staging.ct.transparency.dev',
    size: 1_432_088_532n,
    root: 'U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=',
    extensions: [],
  },
};

describe.each(Object.entries(logs))('%s', (_, { key, note, root, ...said }) => {
  it('is parsed, and its signature is valid', () => {
    const checkpoint = parseCheckpoint(Buffer.from(note));
    expect(checkpoint).toMatchObject({ origin: said.origin, size: said.size, extensions: said.extensions });
    expect(checkpoint.root.toString('base64')).toBe(root);
    expect(() => assertSigned(checkpoint.note, parseVerifierKey(key))).not.toThrow();
  });

  it('is refused with another size, another root or under the key of another log', () => {
    for (const forged of [note.replace(String(said.size), '1'), note.replace(root, root.replace(/^./, 'A'))])
      expect(() => assertSigned(parseCheckpoint(Buffer.from(forged)).note, parseVerifierKey(key))).toThrow(
        'that this key did not make',
      );
    const another = [SUM_GOLANG, REKOR_V1, REKOR_V2].find((each) => each !== key) ?? '';
    expect(() => assertSigned(parseNote(Buffer.from(note)), parseVerifierKey(another))).toThrow(
      'is not signed by the key',
    );
  });
});

describe('an entry of Rekor 2, as its answer proved it', () => {
  const body =
    'eyJhcGlWZXJzaW9uIjoiMC4wLjIiLCJraW5kIjoiaGFzaGVkcmVrb3JkIiwic3BlYyI6eyJoYXNoZWRSZWtvcmRWMDAyIjp7ImRhdGEiOnsiYWxnb3JpdGhtIjoiU0hBMl8yNTYiLCJkaWdlc3QiOiI1ZEoyU2FrVWVPWFk0dXQxaEJIUG9teitoVG42dGMwS1R6Y0dvc0ErZXBFPSJ9LCJzaWduYXR1cmUiOnsiY29udGVudCI6Ik1FWUNJUURjSk84Mm56MXJydHUxRHhTcHJ1WDFvZ0p1bThkbDRJaUdCTVB6M2pZY2JnSWhBS3dROHdOdTFPbjhwWWZoQUpDSzhPcVQwT09HVGgveUFRK0FuL2UzZC9kVSIsInZlcmlmaWVyIjp7ImtleURldGFpbHMiOiJQS0lYX0VDRFNBX1AyNTZfU0hBXzI1NiIsInB1YmxpY0tleSI6eyJyYXdCeXRlcyI6Ik1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRTBxOVErdGRHMTk1Q1hLZm1VeDFZYXR2Wi9tTjNyaGpwT2ZtMWx2c2tXcHJIOVB4cGU5WGM2TGpFSmJCY1ZQaHV0a2ZVdkJCOVJEays0MlNORTYvNXhnPT0ifX19fX19';
  const receipt = (index: string): string =>
    [
      'c2sp.org/tlog-proof@v1',
      `index ${index}`,
      'KIoYVJ0TqmaEkFboP7YWTjSh8vFjVECmokcTOAByfIM=',
      'Umf0h0cK2hegTzNnSgsXszyiA4bp5OvEvP+GrWq3C8w=',
      'vNQeSNBfepYZI2Ez3ViKdCft0JH87ZS8IGKwixxUVjc=',
      'JBAugd5awOqmHXIKgz1MOjlR5f37VqmP0bWoRVcHX5M=',
      'xYH2mAxGxfOgvSOLnItT2LsJt+Z2a2egjf8QJFwK7jA=',
      'PbZWM3NitzChx9A22m/kddDtzh2bAKX5Fy7j76l3z2k=',
      'sKX9Sbsahvw5DiC2oP6pbZsDi1NzuNS1nIULXkCC57o=',
      'pfTCxXHnCM253jwYxVJcuUhmoTTtDxznn92QhN0M4Ws=',
      'cJ8uk2ZvZyfg+HRILKOHcyHu2pvI8Fz3R1MyMvyzWtA=',
      '',
      logs['Rekor 2 (Tessera)']?.note,
    ].join('\n');

  it('is proved, and only at its own index', () => {
    const leaf = leafHash(Buffer.from(body, 'base64'));
    const read = parseReceipt(Buffer.from(receipt('412114')));
    expect(() => assertSigned(read.checkpoint.note, parseVerifierKey(REKOR_V2))).not.toThrow();
    expect(receiptProvesLeaf(read, leaf)).toBe(true);
    expect(receiptProvesLeaf(read, leafHash(Buffer.from(body)))).toBe(false);
    expect(receiptProvesLeaf(parseReceipt(Buffer.from(receipt('412113'))), leaf)).toBe(false);
  });
});
