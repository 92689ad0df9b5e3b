import { ProblemError } from '@plumbline/contracts';
import type { ApiOptions } from './api/options.js';
import type { Instances } from './credentials/instances.js';

/** What an API without a collector says to whoever wants one to do something. */
const refusal = (instance_id: string, mend: string): ProblemError =>
  new ProblemError([
    { where: 'role api', field: 'instance_id', message: `${instance_id}: no collector runs in this process`, mend },
  ]);

const edit_file = 'Change the instances in the configuration file that all roles share, and restart the collectors.';
const read_there = 'Collectors read at their own times; see the aspects for when they last did.';

export const collector_elsewhere: ApiOptions['collector'] = {
  add({ name }) {
    throw refusal(name, edit_file);
  },
  async update({ name }) {
    throw refusal(name, edit_file);
  },
  async remove(instance_id) {
    throw refusal(instance_id, edit_file);
  },
  async collectNow(instance_id) {
    throw refusal(instance_id, read_there);
  },
};

/** An instance kept here would be watched by nobody. */
export const readOnly = (instances: Instances): Instances => ({
  ...instances,
  async add({ name }) {
    throw refusal(name, edit_file);
  },
  async edit(name) {
    throw refusal(name, edit_file);
  },
  async remove(name) {
    throw refusal(name, edit_file);
  },
});
