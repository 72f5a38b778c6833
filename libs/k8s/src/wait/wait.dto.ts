import { IntField } from '#tools';

export class WaitDto {
  @IntField({ description: 'Seconds to wait.', obvious: true, min: 0, max: 300 })
  seconds!: number;
}
