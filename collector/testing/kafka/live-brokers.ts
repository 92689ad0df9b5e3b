import { kafkaClient } from '../../bus/kafka/client.js';

const answer_within_ms = 2_000;

/** The ids of the brokers that the cluster counts as alive; none when nobody answers. */
export async function liveBrokers(addresses: string): Promise<readonly number[]> {
  const rdkafka = kafkaClient();
  const client = new rdkafka.Producer({ 'metadata.broker.list': addresses, log_level: 0 });
  client.on('event.error', () => undefined); // a broker that is down is the answer, not a failure
  const ids = await new Promise<readonly number[]>((resolve) => {
    client.connect({ timeout: answer_within_ms }, (error, metadata) => {
      resolve(error ? [] : metadata.brokers.map(({ id }) => id));
    });
  });
  // A client whose connecting failed has been disconnected already and never calls back again.
  if (client.isConnected()) await new Promise<void>((resolve) => client.disconnect(0, () => resolve()));
  return ids;
}
