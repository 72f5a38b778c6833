import { IntField } from '#tools';

export class WaitDto {
  @IntField({ description: 'Seconds to wait.', min: 0, max: 300 })
  seconds!: number;
}
