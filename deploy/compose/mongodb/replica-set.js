// Exits 0 when this server is the primary of the replica set; initiates the set if there is none.
try {
  rs.status();
} catch {
  rs.initiate({ _id: "huijia", members: [{ _id: 0, host: "mongodb:27017" }] });
}
quit(db.hello().isWritablePrimary ? 0 : 1);
