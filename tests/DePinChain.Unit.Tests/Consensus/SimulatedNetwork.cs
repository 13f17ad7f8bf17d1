using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// Real cores, virtual time and one seed. Until <see cref="HealMs"/> messages are lost, doubled, late and out of order, halves of the
/// network do not hear each other and nodes crash at any effect; afterwards everything arrives within 30 ms. Fewer than a third of the
/// validators lie all the time.
/// </summary>
internal sealed class SimulatedNetwork
{
    public const long HealMs = 6_000;

    private const long DeadlineMs = 600_000;

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly SortedDictionary<ulong, Hash256> _decided = [];
    private readonly SortedDictionary<ulong, List<(int Index, Vote Vote)>> _sent = [];
    private readonly ulong _heights;
    private long _order;
    private long _partitionMask;

    public SimulatedNetwork(int seed, int validators, int liars, ulong heights)
    {
        Random = new Random(seed);
        _heights = heights;
        Set = Ballots.Set([.. Enumerable.Range(0, validators).Select(_ => (ulong)Random.Next(90, 110))]);
        Rotation = Ballots.Rotation(Set);
        int[] shuffled = [.. Enumerable.Range(0, validators).OrderBy(_ => Random.Next())];
        Liars = [.. shuffled.Take(liars).Order().Select(index => new Liar(index, this))];
        Nodes = [.. shuffled.Skip(liars).Order().Select(index => new SimulatedNode(index, this))];
    }

    public Random Random { get; }

    public ValidatorSet Set { get; }

    public ProposerRotation Rotation { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public IReadOnlyList<Liar> Liars { get; }

    public long Now { get; private set; }

    public bool IsHealed => Now >= HealMs;

    /// <summary>The most rounds that a height took.</summary>
    public uint RoundsMax { get; private set; }

    public int Crashes { get; private set; }

    public int Reports { get; private set; }

    public static TimeoutSchedule Timeouts { get; } = new(new GenesisTimeouts(
        ProposeMs: 300,
        ProposeDeltaMs: 100,
        VoteMs: 150,
        VoteDeltaMs: 50,
        RebroadcastMs: 500,
        CapMs: 3_000,
        PrecisionMs: 500,
        MessageDelayMs: 4_000));

    /// <summary>Runs until every honest node has decided every height.</summary>
    public void Run()
    {
        foreach (SimulatedNode node in Nodes) After(Random.Next(0, 200), node.Start);
        for (long time = 0; time < HealMs; time += 500) After(time, MoveTrouble);
        while (Nodes.Any(node => (ulong)node.Ledger.Count < _heights))
        {
            Check(_events.TryDequeue(out Action? happen, out (long Time, long Order) when), "nothing is left to happen");
            Now = when.Time;
            Check(Now < DeadlineMs, "no decision in time: " + string.Join("; ", Nodes.Select(node => node.ToString())));
            happen!();
        }
    }

    public void After(long delayMs, Action happen) => _events.Enqueue(happen, (Now + delayMs, _order++));

    /// <summary>Whoever forensics names from everything that was ever sent, must be a liar; says how many it named.</summary>
    public int Examine()
    {
        int named = 0;
        foreach ((ulong height, List<(int Index, Vote Vote)> votes) in _sent)
        {
            foreach (Offence offence in Forensics.Examine(height, Set, votes).Offences)
            {
                Check(Liars.Any(liar => liar.Index == offence.Index), $"{offence} names an honest validator");
                named++;
            }
        }

        return named;
    }

    /// <summary>Sends to every other honest node, and shows it to the liars.</summary>
    public void Broadcast(int from, Input message)
    {
        foreach (SimulatedNode node in Nodes.Where(node => node.Index != from)) Send(from, node, message);
        foreach (Liar liar in Liars) After(Random.Next(1, 20), () => liar.See(message));
    }

    public void Send(int from, SimulatedNode to, Input message)
    {
        if (message is Input.VoteReceived { Vote: var vote }) Tap(vote);
        bool isCut = !IsHealed && ((_partitionMask >> from) & 1) != ((_partitionMask >> to.Index) & 1);
        if (isCut || (!IsHealed && Random.Next(100) < 15)) return;
        int copies = Random.Next(100) < 10 ? 2 : 1;
        for (int copy = 0; copy < copies; copy++)
        {
            int delay = IsHealed ? Random.Next(1, 30) : Random.Next(100) < 10 ? Random.Next(1, 2_000) : Random.Next(1, 60);
            After(delay, () => to.Receive(message));
        }
    }

    /// <summary>Whose word a vote is: the seals of these tests carry the index.</summary>
    public static Address SignerOf(Vote vote)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        vote.Seal.S.CopyTo(bytes);
        return Ballots.Validator(bytes[31]);
    }

    /// <summary>A block hash that says whether the block is valid: byte 0 is 1 if so.</summary>
    public static Hash256 Block(bool isValid, int builder, ulong height, uint round, int variant)
    {
        byte[] bytes = new byte[Hash256.Size];
        bytes[0] = isValid ? (byte)1 : (byte)2;
        bytes[1] = (byte)builder;
        bytes[2] = (byte)height;
        bytes[3] = (byte)round;
        bytes[4] = (byte)variant;
        return new Hash256(bytes);
    }

    public static bool IsValid(Hash256 block) => block.ToArray()[0] == 1;

    public void CountCrash() => Crashes++;

    public void OnDecide(SimulatedNode node, Effect.Decide decide)
    {
        Check(IsValid(decide.BlockHash), "an invalid block is decided");
        if (!_decided.TryAdd(decide.Height, decide.BlockHash))
        {
            Check(_decided[decide.Height] == decide.BlockHash, $"two decisions at height {decide.Height}");
        }

        CommitCertificate certificate = decide.Certificate;
        Check(certificate.BlockHash == decide.BlockHash && certificate.Height == decide.Height, "a certificate of something else");
        Check(ValidatorSet.IsQuorum(certificate.PowerOf(Set), Set.TotalPower), "a certificate of a minority");
        foreach ((int index, Vote vote) in certificate.Votes())
        {
            Check(SignerOf(vote) == Set[index].Address, "a seal at another's place");
        }

        RoundsMax = Math.Max(RoundsMax, decide.Round);
        _ = node;
    }

    public void OnEvidence(Effect.ReportEvidence report)
    {
        Check(Liars.Any(liar => Set[liar.Index].Address == report.Signer), "evidence against an honest validator");
        Reports++;
    }

    public static void Check(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidOperationException(otherwise);
    }

    // Whoever passes it on: the seal says whose it is.
    private void Tap(Vote vote)
    {
        if (!_sent.TryGetValue(vote.Height, out List<(int, Vote)>? votes)) _sent[vote.Height] = votes = [];
        votes.Add((Set.IndexOf(SignerOf(vote)), vote));
    }

    private void MoveTrouble()
    {
        _partitionMask = Random.Next(100) < 50 ? Random.Next(1 << Set.Count) : 0;
        if (Random.Next(100) < 40) Nodes[Random.Next(Nodes.Count)].Crash();
    }
}
