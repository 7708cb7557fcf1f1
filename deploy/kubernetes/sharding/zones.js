// Evaluation's ledger and archive on several shards, each city's lanes in a zone of its own: for mongosh on a mongos.
//   mongosh "$URI" --eval 'const ZONES = {"3508": "shard-longyan", "3502": "shard-xiamen"}' zones.js
// See docs/decisions/0062-lanes-as-shard-keys.md: what may be sharded, and why it has not been run here.
const DATABASE = "evaluation";
const KEYS = {ledger: {lane: 1, _id: 1}, archive: {lane: 1, seq: 1, events: 1}};

for (const [city, shard] of Object.entries(ZONES)) {
  sh.addShardToZone(shard, `city-${city}`);
}
for (const [collection, key] of Object.entries(KEYS)) {
  const namespace = `${DATABASE}.${collection}`;
  sh.shardCollection(namespace, key);
  for (const city of Object.keys(ZONES)) {
    // All lanes of a city begin with its four digits, parts of split lanes too ("350802-2"); ":" sorts behind digits.
    sh.updateZoneKeyRange(namespace, {lane: `${city}00`}, {lane: `${city}:`}, `city-${city}`);
  }
}
