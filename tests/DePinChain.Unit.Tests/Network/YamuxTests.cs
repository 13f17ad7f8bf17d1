using System.Buffers.Binary;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Unit.Tests.Network;

public sealed class YamuxTests
{
    private const byte Data = 0, WindowUpdate = 1, Ping = 2;
    private const ushort Syn = 1, Ack = 2, Fin = 4, Reset = 8;

    private readonly List<Task<SessionEnd>> _running = [];
    private readonly List<YamuxSession> _sessions = [];

    [TearDown]
    public async Task Stop()
    {
        foreach (YamuxSession session in _sessions) session.Close();
        await Task.WhenAll(_running);
        _sessions.Clear();
        _running.Clear();
    }

    [Test]
    public async Task Ten_megabytes_pass_a_stream_in_order_whatever_the_window()
    {
        (YamuxSession dialler, Func<Task<YamuxStream>> next) = Pair();
        byte[] sent = new byte[10_000_000];
        new Random(3).NextBytes(sent);
        await using YamuxStream writer = dialler.Open();
        Task writing = Task.Run(async () =>
        {
            await writer.WriteAsync(sent);
            writer.CloseWrite();
        });
        await using YamuxStream reader = await next();

        byte[] received = await LengthPrefixed.ReadExactlyAsync(reader, sent.Length, CancellationToken.None);

        Assert.That(received.AsSpan().SequenceEqual(sent), Is.True);
        Assert.That(await reader.ReadAsync(new byte[1]), Is.Zero);
        await writing;
    }

    [Test]
    public async Task A_writer_waits_when_nobody_reads_and_the_other_streams_do_not()
    {
        (YamuxSession dialler, Func<Task<YamuxStream>> next) = Pair();
        await using YamuxStream stuck = dialler.Open();
        Task writing = stuck.WriteAsync(new byte[YamuxLimits.WindowInitial + 1]).AsTask();
        await using YamuxStream unread = await next();
        await using YamuxStream other = dialler.Open();
        await other.WriteAsync(new byte[] { 7 });
        await using YamuxStream read = await next();

        Assert.That((await LengthPrefixed.ReadExactlyAsync(read, 1, CancellationToken.None))[0], Is.EqualTo(7));
        Assert.That(writing.IsCompleted, Is.False);
        await LengthPrefixed.ReadExactlyAsync(unread, (int)YamuxLimits.WindowInitial + 1, CancellationToken.None);
        await writing;
    }

    [Test]
    public async Task A_closed_direction_leaves_the_other_open()
    {
        (YamuxSession dialler, Func<Task<YamuxStream>> next) = Pair();
        await using YamuxStream here = dialler.Open();
        here.CloseWrite();
        await using YamuxStream there = await next();

        Assert.That(await there.ReadAsync(new byte[1]), Is.Zero);
        await there.WriteAsync(new byte[] { 1, 2 });
        there.CloseWrite();
        Assert.That(await LengthPrefixed.ReadExactlyAsync(here, 2, CancellationToken.None), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(await here.ReadAsync(new byte[1]), Is.Zero);
        Assert.That(async () => await here.WriteAsync(new byte[1]), Throws.InvalidOperationException);
    }

    [Test]
    public async Task A_reset_stream_fails_at_both_ends()
    {
        (YamuxSession dialler, Func<Task<YamuxStream>> next) = Pair();
        YamuxStream here = dialler.Open();
        await using YamuxStream there = await next();
        here.Reset();

        Assert.That(async () => await there.ReadAsync(new byte[1]),
            Throws.InstanceOf<IOException>().With.Message.Contains("reset by the peer"));
        Assert.That(async () => await here.WriteAsync(new byte[1]),
            Throws.InstanceOf<IOException>().With.Message.Contains("reset by this node"));
    }

    [Test]
    public async Task GHSA_j7qp_streams_beyond_the_limit_are_reset_and_places_come_back()
    {
        (YamuxSession dialler, Func<Task<YamuxStream>> next) = Pair(new YamuxLimits { InboundStreamsMax = 2 });
        YamuxStream first = dialler.Open(), second = dialler.Open(), third = dialler.Open();
        YamuxStream ofFirst = await next();
        await using YamuxStream ofSecond = await next();

        Assert.That(async () => await third.ReadAsync(new byte[1]), Throws.InstanceOf<IOException>());
        await ofFirst.DisposeAsync();
        await first.DisposeAsync();
        await using YamuxStream fourth = dialler.Open();
        await fourth.WriteAsync(new byte[] { 4 });
        Assert.That((await LengthPrefixed.ReadExactlyAsync(await next(), 1, CancellationToken.None))[0], Is.EqualTo(4));
        await second.DisposeAsync();
    }

    [Test]
    public async Task A_ping_measures_the_round_trip()
    {
        (YamuxSession dialler, _) = Pair();

        Assert.That(await dialler.PingAsync(CancellationToken.None), Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task The_end_of_the_connection_ends_every_stream()
    {
        (YamuxSession dialler, Func<Task<YamuxStream>> next) = Pair();
        await using YamuxStream here = dialler.Open();
        await using YamuxStream there = await next();
        dialler.Close();

        Assert.That(async () => await there.ReadAsync(new byte[1]), Throws.InstanceOf<IOException>().With.Message.Contains("ended"));
        Assert.That(async () => await here.ReadAsync(new byte[1]), Throws.InstanceOf<IOException>().With.Message.Contains("ended"));
        Assert.That(() => dialler.Open(), Throws.InstanceOf<IOException>());
    }

    // rust-yamux GHSA-vxx9-2994-q338: a first frame of 262,145 bytes on a new stream ended the process.
    [Test]
    public void GHSA_vxx9_a_stream_that_opens_with_more_than_its_window_ends_the_connection() => Assert.That(
        () => Target(out _).Consume(Frame(Data, Syn, 1, 262_145)), Throws.TypeOf<WireException>().With.Message.Contains("window"));

    // rust-yamux GHSA-4w32-2493-32g7: credit beyond 32 bits ended the process.
    [Test]
    public void GHSA_4w32_credit_beyond_32_bits_ends_the_connection()
    {
        YamuxSession session = Target(out _);
        session.Consume(Frame(WindowUpdate, Syn, 1, 0));

        Assert.That(() => session.Consume(Frame(WindowUpdate, 0, 1, uint.MaxValue - YamuxLimits.WindowInitial)), Throws.Nothing);
        Assert.That(() => session.Consume(Frame(WindowUpdate, 0, 1, 1)), Throws.TypeOf<WireException>().With.Message.Contains("credit"));
    }

    [Test]
    public void A_length_that_no_window_allows_is_refused_before_anything_is_allocated()
    {
        YamuxSession session = Target(out _);
        session.Consume(Frame(WindowUpdate, Syn, 1, 0));
        byte[] frame = Frame(Data, 0, 1, uint.MaxValue);
        WireException refusal = new("");
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            session.Consume(frame);
        }
        catch (WireException e)
        {
            refusal = e;
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64 * 1024));
        Assert.That(refusal.Message, Does.Contain("4294967295 bytes"));
    }

    [TestCase(0, 0, 1u, 262_145u, "more than", TestName = "More data than the window allows ends the connection")]
    [TestCase(0, 1, 2u, 0u, "other side", TestName = "A number of the other side ends the connection")]
    [TestCase(0, 1, 1u, 0u, "twice", TestName = "Opening a stream twice ends the connection")]
    [TestCase(0, 0, 0u, 0u, "stream id", TestName = "Data without a stream ends the connection")]
    [TestCase(2, 1, 1u, 0u, "stream id", TestName = "A ping with a stream ends the connection")]
    [TestCase(4, 0, 1u, 0u, "unknown type", TestName = "An unknown type ends the connection")]
    [TestCase(0, 16, 1u, 0u, "unknown flags", TestName = "An unknown flag ends the connection")]
    public void A_peer_that_breaks_the_rules(byte type, int flags, uint stream, uint length, string why)
    {
        YamuxSession session = Target(out _, new YamuxLimits { WindowMax = 1024 * 1024 });
        session.Consume(Frame(WindowUpdate, Syn, 1, 0));

        Assert.That(() => session.Consume(Frame(type, (ushort)flags, stream, length)),
            Throws.TypeOf<WireException>().With.Message.Contains(why));
    }

    [Test]
    public void Another_version_ends_the_connection()
    {
        byte[] frame = Frame(Ping, Syn, 0, 1);
        frame[0] = 1;

        Assert.That(() => Target(out _).Consume(frame), Throws.TypeOf<WireException>().With.Message.Contains("version 1"));
    }

    [Test]
    public void Data_after_the_end_of_a_direction_ends_the_connection()
    {
        YamuxSession session = Target(out _);
        session.Consume(Frame(Data, Syn | Fin, 1, 0));

        Assert.That(() => session.Consume(Frame(Data, 0, 1, 1)), Throws.TypeOf<WireException>());
    }

    [Test]
    public void Data_for_a_stream_that_is_gone_is_passed_over()
    {
        YamuxSession session = Target(out List<YamuxStream> opened);
        session.Consume(Frame(WindowUpdate, Syn, 1, 0));
        session.Consume(Frame(Data, Reset, 1, 0));

        Assert.That(session.Consume([.. Frame(Data, 0, 1, 3), 1, 2, 3, .. Frame(WindowUpdate, Syn, 3, 0)]), Is.EqualTo(12 + 3 + 12));
        Assert.That(opened.Select(stream => stream.Id), Is.EqualTo(new[] { 1u, 3u }));
    }

    [Test]
    public void Unread_data_of_all_streams_together_is_bounded()
    {
        YamuxSession session = Target(out _, new YamuxLimits { UnreadMax = 300_000 });
        for (uint stream = 1; stream <= 3; stream += 2) session.Consume(Frame(WindowUpdate, Syn, stream, 0));
        session.Consume([.. Frame(Data, 0, 1, 200_000), .. new byte[200_000]]);

        Assert.That(() => session.Consume([.. Frame(Data, 0, 3, 200_000), .. new byte[200_000]]),
            Throws.TypeOf<WireException>().With.Message.Contains("wait to be read"));
    }

    [Test]
    public async Task GHSA_ppjg_a_peer_that_pings_and_never_reads_is_left()
    {
        // geth GHSA-ppjg-v974-84cm: an answer for each ping without a bound took all memory.
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        YamuxSession session = new(here, false, new YamuxLimits { ControlMax = 100 }, stream => stream.Dispose(), TimeProvider.System);
        Task<SessionEnd> running = session.RunAsync();
        byte[] pings = [.. Enumerable.Range(0, 10_000).SelectMany(number => Frame(Ping, Syn, 0, (uint)number))];
        try
        {
            for (int round = 0; round < 40 && !running.IsCompleted; round++) await there.WriteAsync(pings);
        }
        catch (IOException)
        {
            // It was left while it wrote.
        }

        Assert.That((await running).IsViolation, Is.True);
    }

    internal static byte[] Frame(byte type, ushort flags, uint stream, uint length)
    {
        byte[] frame = new byte[12];
        frame[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), flags);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), stream);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), length);
        return frame;
    }

    internal static YamuxSession Target(out List<YamuxStream> opened, YamuxLimits? limits = null)
    {
        List<YamuxStream> streams = [];
        opened = streams;
        return new YamuxSession(Stream.Null, dialler: false, limits ?? new YamuxLimits(), streams.Add, TimeProvider.System);
    }

    private (YamuxSession Dialler, Func<Task<YamuxStream>> Next) Pair(YamuxLimits? limits = null)
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        System.Threading.Channels.Channel<YamuxStream> opened = System.Threading.Channels.Channel.CreateUnbounded<YamuxStream>();
        YamuxSession dialler = new(here, true, new YamuxLimits(), stream => stream.Dispose(), TimeProvider.System);
        YamuxSession listener = new(
            there, false, limits ?? new YamuxLimits(), stream => opened.Writer.TryWrite(stream), TimeProvider.System);
        _sessions.AddRange([dialler, listener]);
        _running.AddRange([dialler.RunAsync(), listener.RunAsync()]);
        return (dialler, () => opened.Reader.ReadAsync().AsTask());
    }
}
