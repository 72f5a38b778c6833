import { BooleanField, IntField } from '#tools';
import {
  ForceConflictsField,
  ReleaseNameField,
  ReleaseNamespaceField,
  TimeoutField,
} from '../releases/release.fields.js';

export class RollbackDto {
  @ReleaseNameField()
  release_name!: string;

  @IntField({
    description: 'Revision to go back to; helm_history lists them. 0: the one before the last.',
    obvious: true,
    min: 0,
  })
  revision!: number;

  @ReleaseNamespaceField()
  namespace?: string;

  @BooleanField({
    description: 'Wait until all objects are ready, at most timeout_seconds.',
    obvious: true,
    default: true,
  })
  wait!: boolean;

  @TimeoutField()
  timeout_seconds!: number;

  @ForceConflictsField()
  force_conflicts!: boolean;
}
