-- Tables and data after the TPC-H specification (clauses 1.4 and 4.2), made by the server itself. Every value is a hash
-- of its row's number and a stream of its own, so that the same scale gives the same rows whatever the plan. {scale} is
-- TPC-H's scale factor; {power} 1 draws foreign keys uniformly, 1 / (1 − z) by a Zipf law of exponent z. No keys are
-- declared, as in the published comparison of index selection (Kossmann et al., PVLDB 13, 2020).
CREATE FUNCTION share(number bigint, stream int) RETURNS float8 LANGUAGE sql IMMUTABLE AS
  $$ SELECT ((hashint8extended(number, stream) >> 11) & 9007199254740991) / 9007199254740992.0::float8 $$;
CREATE FUNCTION draw(number bigint, stream int, low int, high int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT low + floor(share(number, stream) * (high - low + 1))::int $$;
CREATE FUNCTION draw_key(number bigint, stream int, keys int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT 1 + floor(power(share(number, stream), {power}) * keys)::int $$;
CREATE FUNCTION pick(number bigint, stream int, words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT words[draw(number, stream, 1, cardinality(words))] $$;

CREATE TABLE texts AS
SELECT line, string_agg(pick(line * 40 + word, 1,
  regexp_split_to_array('special pending unusual express furious sly careful blithe quick fluffy slow quiet ruthless
  thin close dogged
  daring brave stealthy permanent enticing idle busy regular final ironic even bold silent packages requests
  accounts deposits foxes ideas theodolites instructions dependencies excuses platelets asymptotes courts dolphins
  multipliers sauternes warthogs frets dinos attainments somas Tiresias patterns forges braids hockey frays
  warhorses dugouts notornis epitaphs pearls tithes waters orbits gifts sheaves depths sentiments decoys realms
  pains grouches escapades sleep wake are cajole haggle nag use boost affix detect integrate maintain nod was lose
  sublate solve thrash promise engage hinder print x-ray breach eat grow impress mold poach serve run dazzle
  snooze doze unwind kindle play hang believe doubt Customer Complaints Recommends', '\s+')),
  ' ' ORDER BY word) AS text
FROM generate_series(0, 4095) line, generate_series(1, 36) word GROUP BY line;
ANALYZE texts;

CREATE TABLE region (r_regionkey int, r_name char(25), r_comment varchar(152));
INSERT INTO region SELECT key - 1, name, left(text, 60)
FROM unnest('{AFRICA,AMERICA,ASIA,EUROPE,MIDDLE EAST}'::text[]) WITH ORDINALITY AS names(name, key)
JOIN texts ON line = key;

CREATE TABLE nation (n_nationkey int, n_name char(25), n_regionkey int, n_comment varchar(152));
INSERT INTO nation SELECT key - 1, name, region, left(text, 75)
FROM unnest('{ALGERIA,ARGENTINA,BRAZIL,CANADA,EGYPT,ETHIOPIA,FRANCE,GERMANY,INDIA,INDONESIA,IRAN,IRAQ,JAPAN,JORDAN,
  KENYA,MOROCCO,MOZAMBIQUE,PERU,CHINA,ROMANIA,SAUDI ARABIA,VIETNAM,RUSSIA,UNITED KINGDOM,UNITED STATES}'::text[],
  '{0,1,1,1,4,0,3,3,2,2,4,4,2,4,0,0,0,1,2,3,4,2,3,3,1}'::int[]) WITH ORDINALITY AS names(name, region, key)
JOIN texts ON line = key + 5;

CREATE TABLE supplier (s_suppkey int, s_name char(25), s_address varchar(40), s_nationkey int, s_phone char(15),
  s_acctbal decimal(15, 2), s_comment varchar(101));
INSERT INTO supplier SELECT key, 'Supplier#' || lpad(key::text, 9, '0'), left(md5(key::text) || md5(key::text),
  draw(key, 10, 10, 40)), draw(key, 11, 0, 24), draw(key, 11, 0, 24) + 10 || '-' || draw(key, 12, 100, 999) || '-' ||
  draw(key, 13, 100, 999) || '-' || draw(key, 14, 1000, 9999), draw(key, 15, -99999, 999999) / 100.0,
  CASE WHEN draw(key, 16, 1, 2000) = 1 THEN 'Customer ' || left(text, 20) || ' Complaints'
  ELSE left(text, draw(key, 17, 25, 100)) END
FROM generate_series(1, (10000 * {scale})::int) key JOIN texts ON line = draw(key, 18, 0, 4095) ORDER BY key;

CREATE TABLE part (p_partkey int, p_name varchar(55), p_mfgr char(25), p_brand char(10), p_type varchar(25), p_size int,
  p_container char(10), p_retailprice decimal(15, 2), p_comment varchar(23));
INSERT INTO part SELECT key, (SELECT string_agg(pick(key * 5 + word, 20,
  regexp_split_to_array('almond antique aquamarine azure beige bisque black blanched blue blush
  brown burlywood burnished chartreuse
  chiffon chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted
  gainsboro ghost goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen
  magenta maroon medium metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach
  peru pink plum powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow
  spring steel tan thistle tomato turquoise violet wheat white yellow', '\s+')),
  ' ') FROM generate_series(0, 4) word),
  'Manufacturer#' || draw(key, 21, 1, 5), 'Brand#' || draw(key, 21, 1, 5) || draw(key, 22, 1, 5),
  pick(key, 23, '{STANDARD,SMALL,MEDIUM,LARGE,ECONOMY,PROMO}') || ' ' ||
  pick(key, 24, '{ANODIZED,BURNISHED,PLATED,POLISHED,BRUSHED}') || ' ' ||
  pick(key, 25, '{TIN,NICKEL,BRASS,STEEL,COPPER}'), draw(key, 26, 1, 50),
  pick(key, 27, '{SM,LG,MED,JUMBO,WRAP}') || ' ' || pick(key, 28, '{CASE,BOX,BAG,JAR,PKG,PACK,CAN,DRUM}'),
  (90000 + (key / 10) % 20001 + 100 * (key % 1000)) / 100.0, left(text, draw(key, 29, 5, 22))
FROM generate_series(1, (200000 * {scale})::int) key JOIN texts ON line = draw(key, 30, 0, 4095) ORDER BY key;

CREATE FUNCTION supplier_of(part int, place int, suppliers int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT (part + place * (suppliers / 4 + (part - 1) / suppliers)) % suppliers + 1 $$;

CREATE TABLE partsupp (ps_partkey int, ps_suppkey int, ps_availqty int, ps_supplycost decimal(15, 2),
  ps_comment varchar(199));
INSERT INTO partsupp SELECT key, supplier_of(key, place, (10000 * {scale})::int), draw(key * 4 + place, 40, 1, 9999),
  draw(key * 4 + place, 41, 100, 100000) / 100.0, left(text, draw(key * 4 + place, 42, 49, 198))
FROM generate_series(1, (200000 * {scale})::int) key, generate_series(0, 3) place, texts
WHERE line = draw(key * 4 + place, 43, 0, 4095) ORDER BY key, place;

CREATE TABLE customer (c_custkey int, c_name varchar(25), c_address varchar(40), c_nationkey int, c_phone char(15),
  c_acctbal decimal(15, 2), c_mktsegment char(10), c_comment varchar(117));
INSERT INTO customer SELECT key, 'Customer#' || lpad(key::text, 9, '0'), left(md5(key::text) || md5(key::text),
  draw(key, 50, 10, 40)), draw(key, 51, 0, 24), draw(key, 51, 0, 24) + 10 || '-' || draw(key, 52, 100, 999) || '-' ||
  draw(key, 53, 100, 999) || '-' || draw(key, 54, 1000, 9999), draw(key, 55, -99999, 999999) / 100.0,
  pick(key, 56, '{AUTOMOBILE,BUILDING,FURNITURE,MACHINERY,HOUSEHOLD}'), left(text, draw(key, 57, 29, 116))
FROM generate_series(1, (150000 * {scale})::int) key JOIN texts ON line = draw(key, 58, 0, 4095) ORDER BY key;

CREATE FUNCTION order_key(number int) RETURNS int LANGUAGE sql IMMUTABLE AS
  $$ SELECT (number - 1) / 8 * 32 + (number - 1) % 8 + 1 $$;
CREATE FUNCTION order_date(number int) RETURNS date LANGUAGE sql IMMUTABLE AS
  $$ SELECT date '1992-01-01' + draw(number, 60, 0, 2405) $$;

CREATE TABLE lineitem (l_orderkey int, l_partkey int, l_suppkey int, l_linenumber int, l_quantity decimal(15, 2),
  l_extendedprice decimal(15, 2), l_discount decimal(15, 2), l_tax decimal(15, 2), l_returnflag char(1),
  l_linestatus char(1), l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct char(25),
  l_shipmode char(10), l_comment varchar(44));
INSERT INTO lineitem SELECT order_key(number), part,
  supplier_of(part, draw(line_number, 72, 0, 3), (10000 * {scale})::int),
  place, quantity, quantity * (90000 + (part / 10) % 20001 + 100 * (part % 1000)) / 100.0,
  draw(line_number, 73, 0, 10) / 100.0, draw(line_number, 74, 0, 8) / 100.0,
  CASE WHEN received <= date '1995-06-17' THEN pick(line_number, 75, '{R,A}') ELSE 'N' END,
  CASE WHEN shipped > date '1995-06-17' THEN 'O' ELSE 'F' END, shipped,
  order_date(number) + draw(line_number, 76, 30, 90), received,
  pick(line_number, 77, '{DELIVER IN PERSON,COLLECT COD,NONE,TAKE BACK RETURN}'),
  pick(line_number, 78, '{REG AIR,AIR,RAIL,SHIP,TRUCK,MAIL,FOB}'), left(text, draw(line_number, 79, 10, 43))
FROM generate_series(1, (1500000 * {scale})::int) number
CROSS JOIN LATERAL generate_series(1, draw(number, 61, 1, 7)) place
CROSS JOIN LATERAL (SELECT number::bigint * 8 + place AS line_number) identity
CROSS JOIN LATERAL (SELECT draw_key(line_number, 70, (200000 * {scale})::int) AS part,
  draw(line_number, 71, 1, 50) AS quantity, order_date(number) + draw(line_number, 80, 1, 121) AS shipped) drawn
CROSS JOIN LATERAL (SELECT shipped + draw(line_number, 81, 1, 30) AS received) arrival
JOIN texts ON line = draw(line_number, 82, 0, 4095) ORDER BY number, place;
ANALYZE lineitem;

CREATE TABLE orders (o_orderkey int, o_custkey int, o_orderstatus char(1), o_totalprice decimal(15, 2),
  o_orderdate date, o_orderpriority char(15), o_clerk char(15), o_shippriority int, o_comment varchar(79));
INSERT INTO orders SELECT order_key(number), (customer - 1) / 2 * 3 + (customer - 1) % 2 + 1, status, total,
  order_date(number), pick(number, 90, '{1-URGENT,2-HIGH,3-MEDIUM,4-NOT SPECIFIED,5-LOW}'),
  'Clerk#' || lpad(draw(number, 91, 1, greatest(1, (1000 * {scale})::int))::text, 9, '0'), 0,
  left(text, draw(number, 92, 19, 78))
FROM generate_series(1, (1500000 * {scale})::int) number
CROSS JOIN LATERAL (SELECT draw_key(number, 93, (100000 * {scale})::int) AS customer) drawn
JOIN (SELECT l_orderkey, CASE min(l_linestatus) WHEN max(l_linestatus) THEN min(l_linestatus) ELSE 'P' END AS status,
  sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)) AS total FROM lineitem GROUP BY l_orderkey) lines
  ON l_orderkey = order_key(number)
JOIN texts ON line = draw(number, 94, 0, 4095) ORDER BY number;

DROP TABLE texts;
