-- A log of format 1.1 with every kind of row and a checkpoint, as that version wrote it. Never regenerated.
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
INSERT INTO event VALUES(1,1795423200000000000,NULL,'nodewall','GENESIS','agent','','','','',NULL,'{"format":"nodewall event log","version":"1.1","uuid":"e337e14f-7a3e-4dcf-882c-7ac689f7e889"}',X'8743264bd33f8e23b6789c2977679696714c6b6334864a919393f1088bc4954a');
INSERT INTO event VALUES(2,1795423201250000000,NULL,'nodewall','STARTED','agent','','','','',NULL,'{"version":"0.1.0","compiler":1,"pid":4242,"node":"node-1"}',X'1b1bda5fad936cd8d4e6fa7cf6aefaf4ab41b295642fb3b3bd8c4ba8c04b954f');
INSERT INTO event VALUES(3,1795423202500000000,NULL,'nodewall','CONFIGURED','agent','','','','',NULL,'{"node":"node-1","enforce":["nodeports"],"kinds":["namespaces","nodes","pods","services","endpointslices.discovery.k8s.io","networkpolicies.networking.k8s.io"],"program":"0.1.0","compiler":1,"settings":{"nodePortAddresses":[],"alwaysAdmit":[],"vitalPorts":[22,179,2379,2380,6443,10250]},"log":{"bodies":"narrowed","maxBytes":4294967296}}',X'886314b1f5cd697b629c41e64cc48cad4081cf5bcf6754d69941a69c9aa4f340');
INSERT INTO event VALUES(4,1795423203750000000,1795000000000000000,'namespaces','ADDED','import','','policy-namespace','5e0d8a61-0000-4000-8000-000000000000','',NULL,'{"metadata":{"name":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000000","resourceVersion":""},"kind":"Namespace"}',X'8fabd4d0b5863b81b3517582dc5e108e40f5f5354a9486b1bc5e91a5da45e63a');
INSERT INTO event VALUES(5,1795423205000000000,NULL,'pods','ADDED','list','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','900',NULL,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"900"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.2"}}',X'8b8ca244e07b7a0905fe7c8f417e26f5aab73fd71e2a0824430c8de4cd650c4b');
INSERT INTO event VALUES(6,1795423205000000000,NULL,'pods','ADDED','list','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000003','905',NULL,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000003","resourceVersion":"905"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.3"}}',X'6b88cb1db322242e27ad3dd52789d2b299a9acbe469b728c9c279d5917844792');
INSERT INTO event VALUES(7,1795423205000000000,NULL,'pods','LISTED','agent','','','','1000',NULL,'{"objects":2}',X'cb0a114332234f799a9d04f3206c6540e969109ae543c76d0293fffddce49e62');
INSERT INTO event VALUES(8,1795423206250000000,NULL,'networkpolicies.networking.k8s.io','ADDED','list','policy-namespace','default-deny','5e0d8a61-0000-4000-8000-000000000001','990',NULL,'{"metadata":{"name":"default-deny","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000001","resourceVersion":"990"},"spec":{"podSelector":{"matchLabels":{"name":"apache-web"}},"policyTypes":["Ingress"]}}',X'24abb2ac20c6580809fdae447b07c5df030b08272050cd00aabaa6141671e7bd');
INSERT INTO event VALUES(9,1795423206250000000,NULL,'networkpolicies.networking.k8s.io','LISTED','agent','','','','1001',NULL,'{"objects":1}',X'7204f58b280d74a7b4467d639b1e412d75f39537af711db511c0156885d7f2f5');
INSERT INTO event VALUES(10,1795423207500000000,NULL,'networkpolicies.networking.k8s.io','ADDED','watch','policy-namespace','admit-office','5e0d8a61-0000-4000-8000-000000000004','1003',NULL,'{"metadata":{"name":"admit-office","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000004","resourceVersion":"1003"},"spec":{"podSelector":{}}}',X'38c645540e147d646aea681cb04ec5b7fc2e15df4d337112870827056b2cb07f');
INSERT INTO event VALUES(11,1795423207500000000,NULL,'networkpolicies.networking.k8s.io','BOOKMARK','watch','','','','1010',NULL,'{}',X'8fcdf6a251401ee07663026a65a9e2dcfb267bb0bd362a173bb8a17158a17a5a');
INSERT INTO event VALUES(12,1795423208750000000,NULL,'nodewall','APPLIED','agent','','','','',NULL,'{"seq":11,"digest":"00","node":"node-1"}',X'72620161815b41e6c1f1b7630b8716052550cf4274f719cc9229e63a3593d777');
INSERT INTO event VALUES(13,1795423210000000000,NULL,'pods','DELETED','watch','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000003','1011',6,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000003","resourceVersion":"1011"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.3"}}',X'fcf2441b6a6cef1ccff5021ee1c5053e61c527ae0c88ec697d368c1006da82d4');
INSERT INTO event VALUES(14,1795423210000000000,NULL,'pods','ADDED','watch','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000005','1012',NULL,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000005","resourceVersion":"1012"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.4"}}',X'7900db08b8396d98e2cead5910091d641485de5d11b4b852731e8e8cc1a35780');
INSERT INTO event VALUES(15,1795423210000000000,NULL,'pods','MODIFIED','watch','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','1013',5,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"1013"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.2"}}',X'12d777484c51f843f3c975b23130817ff002c0923c8f1c3bd26e744b00592859');
INSERT INTO event VALUES(16,1795423210000000000,NULL,'pods','ERROR','watch','','','','',NULL,'{"kind":"Status","code":410}',X'a980566516a227144756e02d58fb49aa78d581f854e3182b37d29d239eb68462');
INSERT INTO event VALUES(17,1795423211250000000,NULL,'pods','DELETED','relist','policy-namespace','web-1','5e0d8a61-0000-4000-8000-000000000005','1012',14,'{"metadata":{"name":"web-1","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000005","resourceVersion":"1012"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.4"}}',X'45da35c835733089c206c56a892362208d4a2d0ca14f98442e61003a99c6817a');
INSERT INTO event VALUES(18,1795423211250000000,NULL,'pods','GAP','agent','','','','',NULL,'{"reason":"410 Gone","cursor":"1013","resourceVersion":"2000"}',X'3e04250b2c3d575803dabebca131ed0d7db404846b8e8cca90364a0ee8a78fd3');
INSERT INTO event VALUES(19,1795423211250000000,NULL,'pods','LISTED','agent','','','','2000',7,'{"objects":1}',X'e42fea567334a0940a2c258129aa274d6459093f01d3d7a57d52c743b6bbf9c0');
INSERT INTO event VALUES(20,1795423152500000000,NULL,'nodewall','CLOCK','agent','','','','',NULL,'{"before":"2026-11-23T08:40:11.250Z","after":"2026-11-23T08:39:12.500Z"}',X'1ce68bfda09ed0a005b8be7ab0d31d1ed5444759901539a02b666e86d054425d');
INSERT INTO event VALUES(21,1795423152500000000,NULL,'networkpolicies.networking.k8s.io','DELETED','watch','policy-namespace','admit-office','5e0d8a61-0000-4000-8000-000000000004','2004',10,'{"metadata":{"name":"admit-office","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000004","resourceVersion":"2004"},"spec":{"podSelector":{}}}',X'884d9fadb9d8e50eb8f9b93a9092a1e4aa8c0fc9444de4f10c9d1bd15adf6840');
INSERT INTO event VALUES(22,1795423153750000000,NULL,'pods','TOO_LARGE','agent','','','','',NULL,'{"bytes":20000000}',X'fdcca6429f1a7511343f34b2199dc74af18271564f639728951cd49f105c0304');
INSERT INTO event VALUES(23,1795423155000000000,NULL,'nodewall','CLUSTER','agent','','','','',NULL,'{"before":"5e0d8a61-0000-4000-8000-0000000000a0","after":"5e0d8a61-0000-4000-8000-0000000000b0","reason":"namespace kube-system has another uid"}',X'4b758c3fa7724b3f868a9c8b89adccca21c9512e773841b15b85df7f0f8bffb8');
INSERT INTO event VALUES(24,1795423156250000000,NULL,'pods','DELETED','relist','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000002','1013',15,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000002","resourceVersion":"1013"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.2"}}',X'9f4552c38611e0b1c12fc31b3ceeddf8613feaa6b2eb9694973a0bd11ca0e357');
INSERT INTO event VALUES(25,1795423156250000000,NULL,'pods','ADDED','relist','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000006','12',NULL,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000006","resourceVersion":"12"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.9"}}',X'2677312e368cdd15f66137f3a315c6c5a61c1ac1b900fd044cdf643eca9d9523');
INSERT INTO event VALUES(26,1795423156250000000,NULL,'pods','GAP','agent','','','','',NULL,'{"reason":"another cluster: the cursor was forgotten","cursor":null,"resourceVersion":"31"}',X'9ecb7e3f74dc7f4f24bde73ef1958c72798306c493eaa3b7278739b5eaef12e6');
INSERT INTO event VALUES(27,1795423156250000000,NULL,'pods','LISTED','agent','','','','31',19,'{"objects":1}',X'699c2150efc82e1322b533e826e85f9ee970762260f985b4dad7d988d838fa99');
INSERT INTO event VALUES(28,1795423157500000000,NULL,'pods','MODIFIED','watch','policy-namespace','web-0','5e0d8a61-0000-4000-8000-000000000006','33',25,'{"metadata":{"name":"web-0","namespace":"policy-namespace","uid":"5e0d8a61-0000-4000-8000-000000000006","resourceVersion":"33"},"spec":{"nodeName":"node-1"},"status":{"podIP":"10.0.0.9"}}',X'bd0bb867c9b819f5f426532542607495c01ecdc69ebc09f0d99a3dab35c8199f');
INSERT INTO event VALUES(29,1795423158750000000,NULL,'nodewall','STOPPED','agent','','','','',NULL,'{"reason":"signal"}',X'30345648d51773b39365d82f0ec30d1365423b614c6cd859fbf8ac7f4e1b089c');
CREATE TABLE object (seq INTEGER PRIMARY KEY) STRICT;
INSERT INTO object VALUES(2);
INSERT INTO object VALUES(3);
INSERT INTO object VALUES(4);
INSERT INTO object VALUES(8);
INSERT INTO object VALUES(9);
INSERT INTO object VALUES(27);
INSERT INTO object VALUES(28);
CREATE TABLE cursor (
    stream TEXT PRIMARY KEY,
    resource_version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO cursor VALUES('pods','33');
CREATE TABLE tail (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    digest BLOB NOT NULL,
    beginning INTEGER NOT NULL
) STRICT;
INSERT INTO tail VALUES(1,29,X'30345648d51773b39365d82f0ec30d1365423b614c6cd859fbf8ac7f4e1b089c',1);
CREATE TABLE cut (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT;
CREATE TABLE checkpoint (
    seq INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    heads BLOB NOT NULL
) STRICT;
INSERT INTO checkpoint VALUES(22,X'fdcca6429f1a7511343f34b2199dc74af18271564f639728951cd49f105c0304',X'f9b497044338f24245bc36496be9c2190ab66483c0faabfd8787566dfe214a7728b52ffd00489d2300b6fee24a809e6d0e906caedb587022744dd3889460870b5155260fc49af40138e0a34faeb1bfadcd2beb31b2059175c2ae16cbd08581ac811ee93107782b59c2e6398d707151aac641673a51db01c400cb00c600eda6e2684fb5ad6f3455bbbba69cd5eb7efc7da32955bbfbe3ef9ab38fbf6fcdd7c7df377ab27d03cff579e677bda6538f7bdfdd96b35bf3f579e66fb4e523d6fd38d6e4e441c3ee4869a968c7cb95125a6c290bc90b08d28b2e2e2e0b3a6b2ba7a5c60d913527dc88c9b245a531440417060cde276b5bf3f5cddf9aaf8fcb5b79335fa7ec63d2fc76ab290be4e8e3cf36d296dffc95a7bddd543f1c1a67a2288aa3bbeedf39ea8ca09c72504f39a3aa9ec2adf93a8a331e333ac0608917ac4400222d162d678129cea833d2e9723b234f99076f7858ac441e333ac02a8c3f56a28c16234ac3c3060e1fb91a5aa07e557855ae8886bc7892242687c3374ca984194980b2785f205c190484bbe1ca9bf97dbb55194c9cc0c7afb790b7edb9bef97da79afb7e68fe8fab8fdf5efe2933897d6e37209c857c4a8c0bf229312e88c465c933bfbb2d67524f37a57adce399efa6409deb55a7503d1ff778e6f7ddfb6eb5ceb92d67da9aaf3f34bfffd6d47577079eed8fb7ece3de6f4d6d7da768aa7276aae54277af8f9fa7b62e3465ab0a5b5a11deb7f7bdeff6b7ee9e677edf6c15147edff76d616d4ba1277b7675fbce2429d43d813f34bfe52ebad5fda439fb43f3d1cdf6c7ef671c8ec4ff651445719671b87124abd6ad6bae1a3c476c2dc0eda92a8300e604c76625d262a618232e3d64846862640516879fb030221805427449116ce2ba1a5a81c44a16ad18ef2bbdf97a4da71ebfff61a36d90f7dd3efe375fa7c1c7ffe66fe0b9fed0fcd33df5e96ee00fc5771467e2986b3967a15acef956cb39e71a09740ae9bc7fc40863ad0a4d55ce16085e6d98242992e2f4f6f8c212c3a013a53b4c0852e14a02dec1da71eb1fcc5800137368b19c73894346408f152d86208a429488e4ae57861ac4b830c30bc019145799dc0a4e4953c4a6296983f0ebc0fb7e69cbb66ccbe49bcfb4eb41f774fb63e0a9b4355f7dc84c96b9e6dbc2ae7126d2623e64266563996bbe2d9c49a1ee29dc1ded744b1dbae6ac2c4c8e163c449116231086e64b8594022f03481c94281294952658cb3db881be47477eb80328b80893b52f697e77d14dc2c707903993b2a75d120e2da6d335a6c482043e960411a930f54ca00518bf40c919ea88bcd1a18188d2232465a8a130ca145243426141514141d201f0021911a1f212402068a89aa8984284901823810444a14852ac200f7604ce75a99bb6ae64651f6ea0e7df58a350f89c3fb531c943536a6d25614dfca3b991bad668955c090e90cad99c110b0f2fb16d5958862beea0e572f8a0f5d1db050369bf3f66048d0a887c481a0ddc52e4ad26d160add16645cdd075cbb8e725f8ccae251c55c41d01d2104c4bc6649cbb62dfbe7a9be11fd22e448775833f3cebdbb70dbe3f0a7db38d8e515cddecee828ce4e3f9f8394547f9545cbc758a6e891929b3b075a92b56c3460ce04e4a605db81cdaf244de17');
CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO migration VALUES(1,'0001_log',1795423200000000000);
INSERT INTO migration VALUES(2,'0002_checkpoint',1795423200000000000);
CREATE INDEX event_at ON event (at, claimed_at);
COMMIT;
PRAGMA application_id=1853317484;
PRAGMA user_version=65537;
