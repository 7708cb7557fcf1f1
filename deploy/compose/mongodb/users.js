// Run once, on an empty volume: a user for each service, with its own databases and no other.
// evaluation keeps the books that it rebuilds, or makes for an old bulletin, in databases beside its own.
const services = {
  registration: ["registration"],
  "service-tracking": ["service-tracking"],
  evaluation: ["evaluation", "evaluation_rebuild", "evaluation_reproduction"],
};
const admin = db.getSiblingDB("admin");
for (const [user, databases] of Object.entries(services)) {
  const pwd = process.env[`${user.toUpperCase().replaceAll("-", "_")}_PASSWORD`];
  admin.createUser({ user, pwd, roles: databases.map((name) => ({ role: "readWrite", db: name })) });
}
admin.createUser({ user: "backup", pwd: process.env.BACKUP_PASSWORD, roles: ["backup", "restore"] });
