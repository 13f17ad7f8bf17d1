using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>Complete nodes, composed as in production, over memory, virtual time and one thread: every run is the same.</summary>
internal sealed class NodeCluster : IDisposable
{
    public const ulong ChainId = 1337000;

    private readonly InMemoryHub _hub;

    public NodeCluster(
        int validators,
        PacingMode pacing = PacingMode.Interval,
        uint intervalMs = 1000,
        Action<InFlight>? weather = null,
        IReadOnlyList<GenesisFork>? forks = null)
    {
        _hub = new InMemoryHub(weather);
        Clock = new LocalClock(Time);
        Pacing = new BlockPacing(pacing, intervalMs, Clock);
        GenesisDocument rules = LocalnetGenesis.Rules() with { Forks = forks ?? [] };
        Genesis = LocalnetGenesis.Create(rules, ChainId, validators, (ulong)(Time.NowMs / 1000));
        Members = [.. Enumerable.Range(0, validators).Select(index => new ClusterMember(index))];
        foreach (ClusterMember member in Members) Start(member.Index, isNew: true);
    }

    public VirtualTime Time { get; } = new();

    public LocalClock Clock { get; }

    public BlockPacing Pacing { get; }

    public GenesisDocument Genesis { get; set; }

    public IReadOnlyList<ClusterMember> Members { get; }

    /// <summary>Heights of the nodes that run.</summary>
    public IEnumerable<ulong> Heights => Members.Where(member => member.Node is not null).Select(member => member.Node!.Chain.Head.Number);

    public ValidatorNode this[int index] => Members[index].Node ?? throw new InvalidOperationException($"node {index} is stopped");

    /// <summary>A place in the network for somebody who is no node.</summary>
    public InMemoryTransport JoinAsStranger(string name) => _hub.Join(name);

    /// <summary>Begins or goes on with a node over what its disk holds.</summary>
    public void Start(int index, bool isNew = false)
    {
        ClusterMember member = Members[index];
        InMemoryTransport transport = _hub.Join($"v{index}");
        member.Transport = transport;
        Seams seams = new(member.Folder, member.Database, transport, Clock, Pacing);
        NodeRole role = new($"v{index}", LocalnetKeys.Signing(index), LocalnetKeys.Vrf(index), isNew, TakesTransactions: index == 0);
        ValidatorNode node = NodeComposition.Compose(Genesis, role, seams);
        member.Reports.Clear();
        node.Host.Reported += member.Reports.Add;
        member.Node = node;
        node.Join();
        node.Readmit();
        node.Host.Start();
    }

    /// <summary>Has a look at every question that a node is asked.</summary>
    public void AskedOf(int index, Action<IncomingRequest> look) =>
        Members[index].Transport!.Inbox = new Eavesdropper(Members[index].Transport!.Inbox!, look); // it runs

    /// <summary>Ends a node in the middle of whatever it does; what was written stays written.</summary>
    public void Kill(int index)
    {
        ClusterMember member = Members[index];
        member.Node!.Dispose(); // it runs
        member.Node = null;
        member.Folder = member.Folder.AfterKill();
    }

    /// <summary>Handles everything that has happened and moves time forward until the condition holds.</summary>
    public void RunUntil(Func<bool> holds, string what, int timersMax = 20_000)
    {
        for (int fired = 0; !holds(); fired++)
        {
            Assert.That(fired, Is.LessThan(timersMax), $"{what} does not happen; heights {string.Join(", ", Heights)}");
            if (!HandleAll()) Assert.That(Time.FireNext(), Is.True, $"{what}: nothing is left that could happen");
        }
    }

    /// <summary>As <see cref="RunUntil"/>, looking at the condition after every single event.</summary>
    public void RunOneByOneUntil(Func<bool> holds)
    {
        while (!holds())
        {
            if (!HandleOne()) Assert.That(Time.FireNext(), Is.True, "nothing is left that could happen");
        }
    }

    /// <summary>Lets so many events happen.</summary>
    public void RunEvents(int count)
    {
        int left = count;
        RunOneByOneUntil(() => left-- <= 0);
    }

    public void RunToHeight(ulong height) => RunUntil(() => Heights.All(reached => reached >= height), $"height {height}");

    /// <summary>Hands a transaction to a node as its RPC would.</summary>
    public void Submit(int index, Transaction transaction)
    {
        Assert.That(this[index].Pool.Add(transaction, local: true).IsAccepted, Is.True);
        this[index].Keep(transaction);
    }

    /// <summary>A signed transfer between two of the funded accounts.</summary>
    public Transaction Transfer(int from, int to, ulong nonce, Amount amount)
    {
        using PrivateKey sender = LocalnetKeys.User(from);
        using PrivateKey receiver = LocalnetKeys.User(to);
        UnsignedTransaction fields = new()
        {
            ChainId = ChainId,
            Nonce = nonce,
            MaxFeePerGas = 100_000_000_000UL,
            MaxPriorityFeePerGas = 1_000_000_000UL,
            GasLimit = 21_000,
            To = receiver.Address,
            Value = amount.ToUInt256(),
        };
        return TransactionCodec.Sign(fields, sender);
    }

    public void Dispose()
    {
        foreach (ClusterMember member in Members) member.Node?.Dispose();
    }

    private bool HandleOne()
    {
        foreach (ClusterMember member in Members)
        {
            if (member.Node is { } node && node.HandleNext()) return true;
        }

        return false;
    }

    private bool HandleAll()
    {
        bool isHandled = false;
        foreach (ClusterMember member in Members)
        {
            if (member.Node is { } node) isHandled |= node.HandleWaiting();
        }

        return isHandled;
    }
}

/// <summary>One node's place: its disk, which outlives it, and the node while it runs.</summary>
internal sealed class ClusterMember(int index)
{
    public int Index => index;

    public MemoryFolder Folder { get; set; } = new();

    public KeptDatabase Database { get; set; } = new();

    public ValidatorNode? Node { get; set; }

    /// <summary>The node's place in the network in this life.</summary>
    public InMemoryTransport? Transport { get; set; }

    /// <summary>What the node has reported in this life.</summary>
    public List<HostReport> Reports { get; } = [];
}

/// <summary>Passes everything on and shows the questions to a test.</summary>
internal sealed class Eavesdropper(IInbox inner, Action<IncomingRequest> look) : IInbox
{
    public void Gossiped(GossipMessage message) => inner.Gossiped(message);

    public void Requested(IncomingRequest request)
    {
        look(request);
        inner.Requested(request);
    }

    public void Answered(ulong requestNumber, Answer answer) => inner.Answered(requestNumber, answer);

    public void PeersChanged() => inner.PeersChanged();
}
