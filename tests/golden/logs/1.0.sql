-- A log of format 1.0 with every kind of row, as that version wrote it. Never regenerated.
PRAGMA page_size=8192;
PRAGMA auto_vacuum=INCREMENTAL;
BEGIN TRANSACTION;
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    claimed_at INTEGER,
    stream TEXT NOT NULL,
    type TEXT NOT NULL,
    origin TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    resource_version TEXT NOT NULL,
    previous INTEGER,
    body TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT;
INSERT INTO event VALUES(1,1795423200000000000,NULL,'nodewall','GENESIS','agent','','','','',NULL,'{"format":"nodewall event log","version":"1.0","uuid":"bdd43c74-53df-4f93-b9f5-e09d7a7bf1b4"}',X'91152e5700cddaf42f771f872f7edf99948a96aa3c108772ac17d03a4f6137c3');
INSERT INTO event VALUES(2,1795423201250000000,NULL,'nodewall','STARTED','agent','','','','',NULL,'{"version":"0.1.0","compiler":1,"pid":4242,"node":"node-1"}',X'1fe858ceda39ce39d12970dd56031a40f1c4ea3b8799f1592c5378606dcfe1f5');
INSERT INTO event VALUES(3,1795423202500000000,NULL,'nodewall','CONFIGURED','agent','','','','',NULL,'{"node":"node-1","enforce":["nodeports"],"kinds":["namespaces","nodes","pods","services","endpointslices.discovery.k8s.io","networkpolicies.networking.k8s.io"],"program":"0.1.0","compiler":1,"settings":{"nodePortAddresses":[],"alwaysAdmit":[],"vitalPorts":[22,179,2379,2380,6443,10250]},"log":{"bodies":"narrowed","maxBytes":4294967296}}',X'af6ebb03928ce80ee9c736db6e62496101348e053225ceeadb72634d3dc79278');
INSERT INTO event VALUES(4,1795423203750000000,1793491200000000000,'namespaces','ADDED','import','','policy-namespace','','',NULL,'{"metadata":{"name":"policy-namespace"}}',X'ba644370496970f3e3949236f11785fb2c02418834b157ead96b4a682686c0d1');
INSERT INTO event VALUES(5,1795423205000000000,NULL,'pods','ADDED','list','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','900',NULL,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"900","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.5","podIPs":[{"ip":"10.1.0.5"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'9e89abd272f8594f36465fd6120dc029da8f649fa4bc3cc6c79b2d2332e1b415');
INSERT INTO event VALUES(6,1795423205000000000,NULL,'pods','ADDED','list','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000003','905',NULL,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000003","resourceVersion":"905","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.6","podIPs":[{"ip":"10.1.0.6"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'7f2493d8d66cc22a07da6d274d2ddd6e098b5e5640f7a4734e276e15eb0cfba5');
INSERT INTO event VALUES(7,1795423205000000000,NULL,'pods','LISTED','agent','','','','1000',NULL,'{"objects":2}',X'b51b9280011c2949cbc68193a57c97f474b522bcc942d37384367c1b0591ee46');
INSERT INTO event VALUES(8,1795423206250000000,NULL,'networkpolicies.networking.k8s.io','ADDED','list','policy-namespace','default-deny','5e0d8a61-0000-4000-8000-000000000001','990',NULL,'{"metadata":{"name":"default-deny","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000001","resourceVersion":"990"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"policyTypes":["Ingress"]}}',X'1a895cedb3b60eae01c6ad7b134c78dc0a5df285cd7bf319d4ea693d1dae51ec');
INSERT INTO event VALUES(9,1795423206250000000,NULL,'networkpolicies.networking.k8s.io','LISTED','agent','','','','1001',NULL,'{"objects":1}',X'a316816dd1c8a5280e9c9a722beedab7445c1ed4513630a0bd95ff797cd7af1c');
INSERT INTO event VALUES(10,1795423207500000000,NULL,'networkpolicies.networking.k8s.io','ADDED','watch','policy-namespace','admit-office','5e0d8a61-0000-4000-8000-000000000004','1003',NULL,'{"metadata":{"name":"admit-office","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000004","resourceVersion":"1003"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"ingress":[{"from":[{"ipBlock":{"cidr":"192.0.2.0/24"}}],"ports":[{"port":8080}]}],"policyTypes":["Ingress"]}}',X'a82f44c32ed307133789752d1ca6a40a2bae25a82c501b511e8c9eb96ecb8263');
INSERT INTO event VALUES(11,1795423207500000000,NULL,'networkpolicies.networking.k8s.io','BOOKMARK','watch','','','','1010',NULL,'{}',X'47c7a1c84ef4e88b0284f6bf9ddade8360f3f1581d37f3876c28aba738fa253b');
INSERT INTO event VALUES(12,1795423208750000000,NULL,'nodewall','APPLIED','agent','','','','',NULL,'{"seq":11,"digest":"0000000000000000000000000000000000000000000000000000000000000000","rules":6,"members":9,"commits":2,"duration_us":4100,"outcome":"done","families":["ipv4","ipv6"]}',X'622c241f8fa4c13b1cce5528545cdc101fffeec32147d59c6da99eb289cfbdfc');
INSERT INTO event VALUES(13,1795423210000000000,NULL,'pods','DELETED','watch','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000003','905',6,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000003","resourceVersion":"905","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.6","podIPs":[{"ip":"10.1.0.6"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'9d474b21118477be333bf9cc3aa70c45f01098d118f25bdf3ae6144f21a95b91');
INSERT INTO event VALUES(14,1795423210000000000,NULL,'pods','ADDED','watch','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000005','1012',NULL,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000005","resourceVersion":"1012","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.7","podIPs":[{"ip":"10.1.0.7"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'9b533a3712c8eb334e9fe22a2968eff5f68073af37980f63061581d8a440cf73');
INSERT INTO event VALUES(15,1795423210000000000,NULL,'pods','MODIFIED','watch','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','1013',5,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"1013","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.5","podIPs":[{"ip":"10.1.0.5"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'7d2427f6335f39e89869ef20ad614b8f34e12f4c9109ae09828110602f575946');
INSERT INTO event VALUES(16,1795423211250000000,NULL,'pods','ERROR','watch','','','','',NULL,'{"kind":"Status","code":410,"reason":"Expired"}',X'a57c0a1c0b61b1b8de79da7f1fbee098544aeffa315834c7addcf51953408012');
INSERT INTO event VALUES(17,1795423212500000000,NULL,'pods','DELETED','relist','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000005','1012',14,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000005","resourceVersion":"1012","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.7","podIPs":[{"ip":"10.1.0.7"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'25bc99a0155e1428167cd0b58faf7d1d2aa96c8857e483c4b369f5fdddaa18ed');
INSERT INTO event VALUES(18,1795423212500000000,NULL,'pods','GAP','agent','','','','',NULL,'{"reason":"410 Expired: the server no longer has what came after 1013","cursor":"1013","resourceVersion":"2000"}',X'429a7dcd08e13e227fd58fb9eeaa2c1c03e7d04d4d497221d51d4cae22275fa9');
INSERT INTO event VALUES(19,1795423212500000000,NULL,'pods','LISTED','agent','','','','2000',NULL,'{"objects":1}',X'd7a31b5c828b08b7885dbc2a25a6a0b9c67b60ea898dc3c9a6d150c282962c24');
INSERT INTO event VALUES(20,1795423153750000000,NULL,'nodewall','CLOCK','agent','','','','',NULL,'{"before":"2026-11-23T08:40:12.500000000Z","after":"2026-11-23T08:39:13.750000000Z"}',X'c495b4c063795d7abd3119633ce058e0e3d41014a8c4e8da044b83a634e206f5');
INSERT INTO event VALUES(21,1795423153750000000,NULL,'networkpolicies.networking.k8s.io','DELETED','watch','policy-namespace','admit-office','5e0d8a61-0000-4000-8000-000000000004','2004',10,'{"metadata":{"name":"admit-office","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000004","resourceVersion":"2004"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"ingress":[{"from":[{"ipBlock":{"cidr":"192.0.2.0/24"}}],"ports":[{"port":8080}]}],"policyTypes":["Ingress"]}}',X'd6a770349ff20fad4e27f3b26a1229df61aa4a1bef3eba4f4d9ee6807c1578f7');
INSERT INTO event VALUES(22,1795423155000000000,NULL,'pods','TOO_LARGE','agent','','','','',NULL,'{"resourceVersion":"2000"}',X'9efc40b699d4b8ea01373a6e92856d0ab962ed9a7fa876125dcd33116e5ca527');
INSERT INTO event VALUES(23,1795423156250000000,NULL,'nodewall','STOPPED','agent','','','','',NULL,'{"reason":"TERM"}',X'fecdd4e5bc88662cb5c08ebbda1e37e4b2ddadc9ff296ae37c1cf99b9eedd257');
CREATE TABLE object (seq INTEGER PRIMARY KEY) STRICT;
INSERT INTO object VALUES(2);
INSERT INTO object VALUES(3);
INSERT INTO object VALUES(4);
INSERT INTO object VALUES(8);
INSERT INTO object VALUES(15);
CREATE TABLE cursor (
    stream TEXT PRIMARY KEY,
    resource_version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO cursor VALUES('networkpolicies.networking.k8s.io','2004');
INSERT INTO cursor VALUES('pods','2000');
CREATE TABLE tail (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    digest BLOB NOT NULL,
    beginning INTEGER NOT NULL
) STRICT;
INSERT INTO tail VALUES(1,23,X'fecdd4e5bc88662cb5c08ebbda1e37e4b2ddadc9ff296ae37c1cf99b9eedd257',1);
CREATE TABLE cut (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT;
CREATE TABLE checkpoint (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    heads BLOB NOT NULL
) STRICT;
CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO migration VALUES(1,'0001_log',1795423200000000000);
CREATE INDEX event_at ON event (at, claimed_at);
COMMIT;
PRAGMA application_id=1853317484;
PRAGMA user_version=65536;
