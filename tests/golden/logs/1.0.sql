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
INSERT INTO event VALUES(1,1795423200000000000,NULL,'nodewall','GENESIS','agent','','','','',NULL,'{"format":"nodewall event log","version":"1.0","uuid":"59049921-2412-4b44-bd12-5f90a357bfe6"}',X'7d599d776ac22c7c97440812ff8c2174b4499cb9ce515bd3169232af98a069e0');
INSERT INTO event VALUES(2,1795423201250000000,NULL,'nodewall','STARTED','agent','','','','',NULL,'{"version":"0.1.0","compiler":1,"pid":4242,"node":"node-1"}',X'9e51975b40559370faa6d166a24584b22fde90cecbb50488aea99c32da47b34c');
INSERT INTO event VALUES(3,1795423202500000000,NULL,'nodewall','CONFIGURED','agent','','','','',NULL,'{"node":"node-1","enforce":["nodeports"],"kinds":["namespaces","nodes","pods","services","endpointslices.discovery.k8s.io","networkpolicies.networking.k8s.io"],"program":"0.1.0","compiler":1,"settings":{"nodePortAddresses":[],"alwaysAdmit":[],"vitalPorts":[22,179,2379,2380,6443,10250]},"log":{"bodies":"narrowed","maxBytes":4294967296}}',X'462c4f38de14ad9db7f58e2d597e9bdcbf1065885dc999118f3d34dcc90b6cd7');
INSERT INTO event VALUES(4,1795423203750000000,1793491200000000000,'namespaces','ADDED','import','','policy-namespace','','',NULL,'{"metadata":{"name":"policy-namespace"}}',X'67c65092917fdcddda71f886b0fb7a985ae6bbc80310db106a5074e26f021b27');
INSERT INTO event VALUES(5,1795423205000000000,NULL,'pods','ADDED','list','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','900',NULL,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"900","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.5","podIPs":[{"ip":"10.1.0.5"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'b5e9dbc13906c6ac94b48ab4f82ae45774424427cab01a9b88ddd1edeb5fc485');
INSERT INTO event VALUES(6,1795423205000000000,NULL,'pods','ADDED','list','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000003','905',NULL,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000003","resourceVersion":"905","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.6","podIPs":[{"ip":"10.1.0.6"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'e35a69c87ce3df94cfe1aaf11487670662ea38f670756dc0788383b919e2b3b4');
INSERT INTO event VALUES(7,1795423205000000000,NULL,'pods','LISTED','agent','','','','1000',NULL,'{"objects":2}',X'2436f366d1807d1d698221b9de1fabba733347427caf4f36e8790f9cbc22bc17');
INSERT INTO event VALUES(8,1795423206250000000,NULL,'networkpolicies.networking.k8s.io','ADDED','list','policy-namespace','default-deny','5e0d8a61-0000-4000-8000-000000000001','990',NULL,'{"metadata":{"name":"default-deny","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000001","resourceVersion":"990"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"policyTypes":["Ingress"]}}',X'315f548ea6dfec2edf63511698b2280938f0dd7e3569e435c3ad598a94e48937');
INSERT INTO event VALUES(9,1795423206250000000,NULL,'networkpolicies.networking.k8s.io','LISTED','agent','','','','1001',NULL,'{"objects":1}',X'4a6fe6c5d23d9e540b6b249d13d41234570809bdaeead08c003429150f8e7446');
INSERT INTO event VALUES(10,1795423207500000000,NULL,'networkpolicies.networking.k8s.io','ADDED','watch','policy-namespace','admit-office','5e0d8a61-0000-4000-8000-000000000004','1003',NULL,'{"metadata":{"name":"admit-office","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000004","resourceVersion":"1003"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"ingress":[{"from":[{"ipBlock":{"cidr":"192.0.2.0/24"}}],"ports":[{"port":8080}]}],"policyTypes":["Ingress"]}}',X'26eeea8bd48862282c70ecdba1112e279e13b18fa302bed78abd3096a334f09b');
INSERT INTO event VALUES(11,1795423207500000000,NULL,'networkpolicies.networking.k8s.io','BOOKMARK','watch','','','','1010',NULL,'{}',X'd4f317b837e925328f5888ee4db810b04a99a36fe18b4bd19b68cb4c4fdf6697');
INSERT INTO event VALUES(12,1795423208750000000,NULL,'nodewall','APPLIED','agent','','','','',NULL,'{"seq":11,"digest":"0000000000000000000000000000000000000000000000000000000000000000","rules":6,"members":9,"commits":2,"duration_us":4100,"outcome":"applied","changed":3,"remarks":[]}',X'42b17652c510528e117924afa039572864050e2e3ca2f2478018586df7f335fa');
INSERT INTO event VALUES(13,1795423210000000000,NULL,'pods','DELETED','watch','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000003','905',6,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000003","resourceVersion":"905","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.6","podIPs":[{"ip":"10.1.0.6"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'630984b49b588a1262cfe33080386e3978e0007380245932a0a06f91eb35393b');
INSERT INTO event VALUES(14,1795423210000000000,NULL,'pods','ADDED','watch','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000005','1012',NULL,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000005","resourceVersion":"1012","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.7","podIPs":[{"ip":"10.1.0.7"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'a8026078b9225b3a8c557969a81b598da3aa13c34bbc85059de84f68042b3205');
INSERT INTO event VALUES(15,1795423210000000000,NULL,'pods','MODIFIED','watch','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','1013',5,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"1013","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.5","podIPs":[{"ip":"10.1.0.5"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'137569c65a902e2cb191fd5ae6d8f05cc228dc9625a6dc2c09d7e5a309de546c');
INSERT INTO event VALUES(16,1795423211250000000,NULL,'pods','ERROR','watch','','','','',NULL,'{"kind":"Status","code":410,"reason":"Expired"}',X'5baa3a5048571b59bde68470aacd81333595e2ae672447875921c653924a90cc');
INSERT INTO event VALUES(17,1795423212500000000,NULL,'pods','DELETED','relist','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000005','1012',14,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000005","resourceVersion":"1012","labels":{"name":"apache-web"},"creationTimestamp":"2026-11-23T08:00:00Z"},"spec":{"nodeName":"node-1","containers":[{"name":"web","ports":[{"containerPort":8080,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.1.0.7","podIPs":[{"ip":"10.1.0.7"}],"hostIP":"198.51.100.1","startTime":"2026-11-23T08:00:01Z"}}',X'535bb47513b20a24cb8946daf4efc927a713b51bad4c9bed759e7d9585843fc5');
INSERT INTO event VALUES(18,1795423212500000000,NULL,'pods','GAP','agent','','','','',NULL,'{"reason":"410 Expired: the server no longer has what came after 1013","cursor":"1013","resourceVersion":"2000"}',X'a56a7a6afdb8b25dce6ed598debd7f0adf0a64ebdabb78abcb34abf3ca973937');
INSERT INTO event VALUES(19,1795423212500000000,NULL,'pods','LISTED','agent','','','','2000',7,'{"objects":1}',X'2f699812a486c6ea5579f8d8500bde8de4ff7c00d010d843565bab9d95271ee4');
INSERT INTO event VALUES(20,1795423153750000000,NULL,'nodewall','CLOCK','agent','','','','',NULL,'{"before":"2026-11-23T08:40:12.500000000Z","after":"2026-11-23T08:39:13.750000000Z"}',X'6befb317f91937f3b11253e59a7cc544977c32deac4e5c246f4b32b4057ca73e');
INSERT INTO event VALUES(21,1795423153750000000,NULL,'networkpolicies.networking.k8s.io','DELETED','watch','policy-namespace','admit-office','5e0d8a61-0000-4000-8000-000000000004','2004',10,'{"metadata":{"name":"admit-office","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000004","resourceVersion":"2004"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"ingress":[{"from":[{"ipBlock":{"cidr":"192.0.2.0/24"}}],"ports":[{"port":8080}]}],"policyTypes":["Ingress"]}}',X'621c008fb315c66f51fd11eef3504ecaac99d3df0758e9ca81ac48ae7190328d');
INSERT INTO event VALUES(22,1795423155000000000,NULL,'pods','TOO_LARGE','agent','','','','',NULL,'{"resourceVersion":"2000"}',X'2c3a9079583b2231b61dd066657ebd6a1f21a58c6fd121ffa58729d2198a5466');
INSERT INTO event VALUES(23,1795423156250000000,NULL,'nodewall','STOPPED','agent','','','','',NULL,'{"reason":"TERM"}',X'f7f72a0ec3d6bca3ee0c00f8591ff8b5311e9ca3f65adeb55c66f7b1f3855cec');
CREATE TABLE object (seq INTEGER PRIMARY KEY) STRICT;
INSERT INTO object VALUES(2);
INSERT INTO object VALUES(3);
INSERT INTO object VALUES(4);
INSERT INTO object VALUES(8);
INSERT INTO object VALUES(9);
INSERT INTO object VALUES(15);
INSERT INTO object VALUES(19);
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
INSERT INTO tail VALUES(1,23,X'f7f72a0ec3d6bca3ee0c00f8591ff8b5311e9ca3f65adeb55c66f7b1f3855cec',1);
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
