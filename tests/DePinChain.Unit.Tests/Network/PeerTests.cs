using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using DePinChain.Network;
using DePinChain.Network.Identify;
using DePinChain.Network.Identity;
using DePinChain.Network.Peers;
using DePinChain.Network.Swarming;
using DePinChain.Network.Yamux;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

public sealed class PeerTests
{
    private static readonly PeerId Peer = new("peer");

    private readonly ManualTime _time = new();

    [Test]
    public void Three_wrong_signatures_ban_for_an_hour_and_the_next_ban_is_twice_as_long()
    {
        PeerStandings standings = new(_ => false, _time);
        List<TimeSpan> bans = [];
        standings.Banned += (_, length) => bans.Add(length);

        standings.Report(Peer, PeerConduct.InvalidMessage);
        standings.Report(Peer, PeerConduct.InvalidMessage);
        Assert.That((standings.PointsOf(Peer), standings.IsBanned(Peer)), Is.EqualTo((-40.0, false)));
        standings.Report(Peer, PeerConduct.InvalidMessage);
        Assert.That(standings.IsBanned(Peer), Is.True);

        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.That(standings.IsBanned(Peer), Is.False);
        for (int count = 0; count < 3; count++) standings.Report(Peer, PeerConduct.InvalidMessage);
        Assert.That(bans, Is.EqualTo(new[] { TimeSpan.FromHours(1), TimeSpan.FromHours(2) }));
    }

    [Test]
    public void A_ban_is_counted_with_what_did_it()
    {
        using MeterListener listener = new();
        ConcurrentQueue<string> reasons = [];
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "depin_p2p_banned_total") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => reasons.Enqueue($"{tags[0].Value}"));
        listener.Start();
        PeerStandings standings = new(_ => false, _time);
        standings.Report(Peer, PeerConduct.ProvenLie);
        for (int count = 0; count < 40; count++) standings.Report(new PeerId("slow"), PeerConduct.Timeout);
        Assert.That(reasons, Is.SupersetOf(new[] { "proven_lie", "timeouts" }), "tests beside this one may ban, too");
    }

    [Test]
    public void A_forged_block_bans_for_a_day()
    {
        PeerStandings standings = new(_ => false, _time);
        standings.Report(Peer, PeerConduct.ProvenLie);

        Assert.That(standings.BannedUntil(Peer), Is.EqualTo(_time.GetUtcNow() + TimeSpan.FromHours(24)));
    }

    [Test]
    public void Points_halve_every_ten_minutes_and_a_timeout_now_and_then_bans_nobody()
    {
        PeerStandings standings = new(_ => false, _time);
        standings.Report(Peer, PeerConduct.InvalidMessage);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(standings.PointsOf(Peer), Is.EqualTo(-10).Within(0.001));
        for (int count = 0; count < 500; count++)
        {
            standings.Report(Peer, PeerConduct.Timeout);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That(standings.IsBanned(Peer), Is.False);
    }

    [Test]
    public void A_peer_of_the_operator_is_scored_and_never_banned()
    {
        PeerStandings standings = new(_ => true, _time);
        standings.Report(Peer, PeerConduct.ProvenLie);

        Assert.That((standings.IsBanned(Peer), standings.PointsOf(Peer)), Is.EqualTo((false, -100.0)));
    }

    [Test]
    public void Strangers_are_capped_in_total_and_by_group_and_the_operators_peers_are_not()
    {
        List<PeerConnection> open = [];
        PeerStandings standings = new(_ => false, _time);
        PeerId named = NodeKey.Generate().Peer;
        ConnectionPolicy policy = new(Options() with { PrivatePeers = [named] }, standings, () => open);
        for (int host = 0; host < 3; host++) open.Add(Connection($"192.0.2.{host}"));

        Assert.That(policy.RefusePeer(Peer, IPAddress.Parse("192.0.2.9"), true), Does.Contain("address group"));
        Assert.That(policy.RefusePeer(named, IPAddress.Parse("192.0.2.9"), true), Is.Null);
        Assert.That(policy.RefusePeer(Peer, IPAddress.Parse("192.0.3.9"), true), Is.Null);
        Assert.That(policy.RefusePeer(Peer, IPAddress.Parse("::ffff:192.0.2.9"), true), Does.Contain("address group"));
        open.Clear();
        for (int host = 0; host < 40; host++) open.Add(Connection("127.0.0.1"));
        Assert.That(policy.RefusePeer(Peer, IPAddress.Loopback, true), Does.Contain("40 inbound"));
        Assert.That(policy.RefusePeer(Peer, IPAddress.Loopback, false), Is.Null);
        Assert.That(policy.RefusePeer(named, IPAddress.Loopback, true), Is.Null);
        open.RemoveAt(0);
        Assert.That(policy.RefusePeer(Peer, IPAddress.Loopback, true), Is.Null, "39 of one address: loopback has no groups");
        standings.Report(Peer, PeerConduct.ProvenLie);
        Assert.That(policy.RefusePeer(Peer, IPAddress.Loopback, true), Does.Contain("banned"));
    }

    [Test]
    public void A_validator_behind_sentries_meets_nobody_else()
    {
        using NodeKey sentry = NodeKey.Generate();
        Libp2pOptions options = Options() with
        {
            PersistentOnly = true,
            PersistentPeers = [new Multiaddress("192.0.2.1", 30333, sentry.Peer)],
        };
        ConnectionPolicy policy = new(options, new PeerStandings(_ => false, _time), () => []);

        Assert.That(policy.RefusePeer(sentry.Peer, IPAddress.Loopback, true), Is.Null);
        Assert.That(policy.RefusePeer(Peer, IPAddress.Loopback, true), Does.Contain("operator"));
        Multiaddress nameless = new("192.0.2.1", 30333);
        Assert.That(() => new Libp2pTransport(options with { PersistentPeers = [nameless] }), Throws.ArgumentException);
    }

    [Test]
    public void One_teller_of_thousands_of_addresses_fills_a_part_of_the_book_only()
    {
        AddressBook book = new(new byte[32], _time, new Random(1));
        IPAddress teller = IPAddress.Parse("8.8.8.8");
        for (int count = 0; count < 10_000; count++)
        {
            using NodeKey key = NodeKey.Generate();
            PeerRecord record = new(key.Peer, 1, [new Multiaddress($"1.{count / 200}.{count % 200}.1", 30333)]);
            book.Add(record, new byte[] { 1 }, teller);
        }

        // 16 of 128 buckets of 32: 512 of 4,096 places.
        Assert.That(book.Entries, Has.Count.LessThanOrEqualTo(512).And.Count.GreaterThan(200));
    }

    [Test]
    public void A_peer_that_was_met_is_kept_against_any_number_of_new_names()
    {
        AddressBook book = new(new byte[32], _time, new Random(1));
        using NodeKey met = NodeKey.Generate();
        book.Succeeded(met.Peer, new Multiaddress("5.5.5.5", 30333));
        for (int count = 0; count < 2000; count++)
        {
            using NodeKey key = NodeKey.Generate();
            PeerRecord record = new(key.Peer, 1, [new Multiaddress($"5.5.{count % 250}.1", 30333)]);
            book.Add(record, default, IPAddress.Parse($"9.{count % 200}.1.1"));
        }

        Assert.That(book.Find(met.Peer)!.IsTried, Is.True);
        int picked = Enumerable.Range(0, 200).Count(_ => book.Pick(_ => true)!.Peer == met.Peer);
        Assert.That(picked, Is.InRange(60, 140), "tried and new have equal chances");
    }

    [Test]
    public void A_stranger_cannot_send_us_to_addresses_of_our_own_site()
    {
        AddressBook book = new(new byte[32], _time, new Random(1));
        using NodeKey key = NodeKey.Generate();
        Multiaddress[] addresses = [new("192.168.1.1", 80), new("127.0.0.1", 22), new("10.0.0.1", 0)];
        PeerRecord record = new(key.Peer, 1, addresses);

        Assert.That(book.Add(record, default, IPAddress.Parse("8.8.8.8")), Is.False);
        Assert.That(book.Add(record, default, IPAddress.Parse("192.168.1.9")), Is.True);
    }

    [Test]
    public void A_newer_record_replaces_an_older_one_and_not_the_other_way()
    {
        AddressBook book = new(new byte[32], _time, new Random(1));
        using NodeKey key = NodeKey.Generate();
        IPAddress teller = IPAddress.Parse("8.8.8.8");

        Assert.That(book.Add(new PeerRecord(key.Peer, 5, [new Multiaddress("1.2.3.4", 1)]), default, teller), Is.True);
        Assert.That(book.Add(new PeerRecord(key.Peer, 4, [new Multiaddress("1.2.3.5", 1)]), default, teller), Is.False);
        Assert.That(book.Add(new PeerRecord(key.Peer, 6, [new Multiaddress("1.2.3.6", 1)]), default, teller), Is.True);
        Assert.That(book.Find(key.Peer)!.Address.Host, Is.EqualTo("1.2.3.6"));
    }

    [Test]
    public void Who_is_never_there_is_forgotten_and_who_was_there_is_tried_less_often()
    {
        AddressBook book = new(new byte[32], _time, new Random(1));
        using NodeKey never = NodeKey.Generate(), once = NodeKey.Generate();
        book.Add(new PeerRecord(never.Peer, 1, [new Multiaddress("1.2.3.4", 1)]), default, IPAddress.Parse("8.8.8.8"));
        book.Succeeded(once.Peer, new Multiaddress("1.2.3.5", 1));
        for (int count = 0; count < 3; count++)
        {
            book.Failed(never.Peer);
            book.Failed(once.Peer);
        }

        Assert.That(book.Find(never.Peer), Is.Null);
        Assert.That(book.Pick(_ => true), Is.Null, "after three failures it rests for two minutes");
        _time.Advance(TimeSpan.FromSeconds(121));
        Assert.That(book.Pick(_ => true)!.Peer, Is.EqualTo(once.Peer));
    }

    [Test]
    public void A_bucket_gives_its_rate_and_its_burst()
    {
        TokenBucket bucket = new(perSecond: 10, burst: 20, _time);

        Assert.That(Enumerable.Range(0, 30).Count(_ => bucket.TryTake()), Is.EqualTo(20));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(Enumerable.Range(0, 30).Count(_ => bucket.TryTake()), Is.EqualTo(5));
        Assert.That(bucket.Take(30), Is.EqualTo(TimeSpan.FromSeconds(3)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(Enumerable.Range(0, 30).Count(_ => bucket.TryTake()), Is.EqualTo(20));
    }

    [Test]
    public void A_damaged_peer_file_costs_its_damaged_lines_only()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("peers").FullName, "peers.txt");
        using NodeKey key = NodeKey.Generate();
        File.WriteAllLines(path,
        [
            "secret 0x" + new string('1', 64), "peer", "peer nonsense a tried 1 2 3 0x", $"ban {key.Peer} 99999999999999999999 1",
            $"peer /ip4/1.2.3.4/tcp/5/p2p/{key.Peer} 0102 tried 1700000000 0 7 0x", "anchor x", $"anchor {key.Peer}", "\0\u0001",
        ]);

        PeerStandings standings = new(_ => false, _time);
        IReadOnlyList<PeerId> anchors = new PeerFile(path).Load(standings, _time, new Random(1), out AddressBook book);

        Assert.That(book.Entries.Select(entry => (entry.Peer, entry.Sequence, entry.IsTried)), Is.EqualTo(new[] { (key.Peer, 7UL, true) }));
        Assert.That(anchors, Is.EqualTo(new[] { key.Peer }));
    }

    private static Libp2pOptions Options() => new() { Key = NodeKey.Generate(), Genesis = Hash256.Zero };

    private PeerConnection Connection(string address)
    {
        using NodeKey key = NodeKey.Generate();
        YamuxSession session = new(Stream.Null, false, new YamuxLimits(), _ => { }, _time);
        return new PeerConnection(key.Public, new IPEndPoint(IPAddress.Parse(address), 1), null, session, _time);
    }
}
