using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Providers.Containers;

/// <summary>
/// Measurings of this machine's devices, one member of one committee at a time: two at once would halve what either sees. A member that
/// falls silent has the machine no longer than its idle time.
/// </summary>
/// <param name="open">Where the matrices of a GPU's chain lie.</param>
internal sealed class DeviceDesk(Func<int, IGemmRounds> open)
{
    private const int AttemptsMax = 8, RemembersMax = 4_096;
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<(ulong Job, Address Member), int> _attempts = [];
    private DeviceSitting? _sitting;

    /// <summary>What is done before the machine is given to anybody.</summary>
    public Action? Prepare { get; init; }

    /// <summary>Gives the machine to a member of a committee.</summary>
    /// <exception cref="ManifestRefusedException">Another has it, or the member had it too often in this job.</exception>
    public string Open(ulong job, Address member, GemmShape shape, int lanes, Hash256 drawn)
    {
        Prepare?.Invoke();
        lock (_gate)
        {
            if (_sitting is { } before && !before.IsOver(IdleMax))
                throw new ManifestRefusedException("DeviceBusy", "another member measures the machine now", hint: "ask again in a second");
            _sitting?.End();
            _sitting = null;
            if (_attempts.Count >= RemembersMax) _attempts.Clear();
            int attempts = _attempts.GetValueOrDefault((job, member)) + 1;
            if (attempts > AttemptsMax)
                throw new ManifestRefusedException("TooManyAttempts", "this member has measured often enough", $"{AttemptsMax}");
            _attempts[(job, member)] = attempts;
            string session = Hex.Encode(RandomNumberGenerator.GetBytes(16));
            _sitting = new DeviceSitting(session, member, shape, lanes, drawn, open);
            return session;
        }
    }

    /// <summary>The measuring that a request names.</summary>
    /// <exception cref="ManifestRefusedException">It is over.</exception>
    public DeviceSitting Find(string session)
    {
        lock (_gate)
        {
            bool isNow = _sitting is { } now && CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.UTF8.GetBytes(now.Session), System.Text.Encoding.UTF8.GetBytes(session));
            return isNow && !_sitting!.IsOver(IdleMax)
                ? _sitting : throw new ManifestRefusedException("UnknownSession", "this measuring is over, or never began");
        }
    }

    /// <summary>The member is done.</summary>
    public void Close(string session)
    {
        DeviceSitting sitting = Find(session);
        sitting.End();
        lock (_gate)
            if (_sitting == sitting) _sitting = null;
    }
}

/// <summary>One member's measuring: its chains, and the bytes that it brought.</summary>
internal sealed class DeviceSitting(
    string session, Address member, GemmShape shape, int lanes, Hash256 drawn, Func<int, IGemmRounds> open)
{
    private static readonly TimeSpan LengthMax = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly DateTime _began = DateTime.UtcNow;
    private GemmChain[]? _chains;
    private byte[] _brought = [];
    private DateTime _heardAt = DateTime.UtcNow;
    private int _running;
    private volatile bool _isEnded;
    private Action? _breakOff;

    public string Session => session;

    /// <summary>Whether the member has gone, or has had its time.</summary>
    public bool IsOver(TimeSpan idle) => _isEnded || DateTime.UtcNow > _began + LengthMax
        || (Volatile.Read(ref _running) == 0 && DateTime.UtcNow > _heardAt + idle);

    /// <summary>What was running breaks off.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            _breakOff?.Invoke();
        }
    }

    /// <summary>Works once, all GPUs at a time; a second nonce in one measuring would be a second chance.</summary>
    public Task<byte[]> WorkAsync(Hash256 nonce, CancellationToken cancellation) => InTurnAsync(
        async stop =>
        {
            if (_chains is not null) throw new ManifestRefusedException("WorkedAlready", "the work of this measuring is done");
            _chains = await EachAsync((lane, rounds) => GemmChain.Run(
                shape, DeviceSession.SeedOf(drawn, member, nonce, (uint)lane), rounds, stop));
            return (byte[])[.. _chains.SelectMany(static chain => chain.Root.ToArray())];
        },
        cancellation);

    /// <summary>Shows the rounds that a member's secret draws, chain by chain.</summary>
    public Task<byte[]> ShowAsync(Hash256 secret, bool withProducts, CancellationToken cancellation) => InTurnAsync(
        async stop =>
        {
            GemmChain[] chains = _chains ?? throw new ManifestRefusedException("NothingWorked", "there is no work to show");
            RoundOpening[][] shown = await EachAsync((lane, rounds) => chains[lane].Show(
                GemmChain.Drawn(shape, chains[lane].Root, secret), withProducts, rounds, stop));
            using MemoryStream bytes = new();
            foreach (RoundOpening opening in shown.SelectMany(static one => one)) bytes.Write(DeviceSession.Encode(shape, opening));
            return bytes.ToArray();
        },
        cancellation);

    /// <summary>Takes what a member brings, and says what came.</summary>
    public byte[] Take(byte[] brought)
    {
        (_brought, _heardAt) = (brought, DateTime.UtcNow);
        return SHA256.HashData(brought);
    }

    /// <summary>What a member brought.</summary>
    public byte[] Brought()
    {
        _heardAt = DateTime.UtcNow;
        return _brought;
    }

    private Task<T[]> EachAsync<T>(Func<int, IGemmRounds, T> work) => Task.WhenAll(Enumerable.Range(0, lanes).Select(
        lane => Task.Run(() =>
        {
            using IGemmRounds rounds = open(lane);
            return work(lane, rounds);
        })));

    private async Task<byte[]> InTurnAsync(Func<CancellationToken, Task<byte[]>> work, CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
            throw new ManifestRefusedException("WorkingNow", "this measuring's last request is not answered yet");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_gate)
        {
            if (_isEnded) stop.Cancel();
            _breakOff = stop.Cancel;
        }

        try
        {
            return await work(stop.Token);
        }
        finally
        {
            lock (_gate) _breakOff = null;
            _heardAt = DateTime.UtcNow;
            Volatile.Write(ref _running, 0);
        }
    }
}
