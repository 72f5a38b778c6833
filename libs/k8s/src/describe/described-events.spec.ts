import { describe, expect, it } from 'vitest';
import { foldDescribedEvents } from './described-events.js';

const HEAD = 'Name:  web-0\nQoS Class:  BestEffort\n';

describe(foldDescribedEvents.name, () => {
  it('makes rows that say the same one row, at the place of the newest', () => {
    const described = `${HEAD}Events:
  Type     Reason            Age                From               Message
  ----     ------            ----               ----               -------
  Warning  FailedScheduling  19m                default-scheduler  0/3 nodes are available.
  Normal   Pulled            12m                kubelet            Image is there.
  Warning  FailedScheduling  11m (x2 over 14m)  default-scheduler  0/4 nodes are available.
  Warning  FailedScheduling  9s (x3 over 27s)   default-scheduler  0/3 nodes are available.
`;
    expect(foldDescribedEvents(described)).toBe(`${HEAD}Events:
  Type     Reason            Age                From               Message
  ----     ------            ----               ----               -------
  Normal   Pulled            12m                kubelet            Image is there.
  Warning  FailedScheduling  11m (x2 over 14m)  default-scheduler  0/4 nodes are available.
  Warning  FailedScheduling  9s (x4 over 19m)   default-scheduler  0/3 nodes are available.
`);
  });

  it('takes the longest time, whatever its unit', () => {
    const described = `${HEAD}Events:
  Type     Reason   Age                   From     Message
  ----     ------   ----                  ----     -------
  Warning  BackOff  3h20m                 kubelet  Back-off.
  Warning  BackOff  59m (x30 over 2d3h)   kubelet  Back-off.
  Warning  BackOff  4s (x2 over 90s)      kubelet  Back-off.`;
    expect(foldDescribedEvents(described)).toMatch(
      /\n {2}Warning {2}BackOff {2}4s \(x33 over 2d3h\) {2}kubelet {2}Back-off\.$/,
    );
  });

  it.each([
    ['no events', `${HEAD}Events:  <none>\n`],
    [
      'rows that all say something else',
      `${HEAD}Events:
  Type    Reason     Age   From               Message
  ----    ------     ----  ----               -------
  Normal  Scheduled  9s    default-scheduler  Assigned.
  Normal  Pulled     9s    kubelet            Image is there.
`,
    ],
    [
      'a message of several lines',
      `${HEAD}Events:
  Type    Reason  Age   From     Message
  ----    ------  ----  ----     -------
  Normal  Killed  9s    kubelet  first
second
  Normal  Killed  9s    kubelet  first
second
`,
    ],
  ])('leaves %s as they are', (_, described) => {
    expect(foldDescribedEvents(described)).toBe(described);
  });
});
