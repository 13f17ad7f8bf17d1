using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Byzantine;

/// <summary>How a validator breaks the rules: an honest node whose every word passes through hands that hold its key.</summary>
/// <remarks>Its node is kept in the dark, so it stays useful: it knows the height, the round and the blocks that are about.</remarks>
internal abstract class Conduct : IDisposable
{
    private const int SeenMax = 16;

    private readonly ValidatorSigner _signer;
    private readonly PrivateKey _key;
    private readonly List<ProposalMessage> _seen = [];
    private WireTransport? _wire;

    protected Conduct(Machine machine, World world, Dice dice)
    {
        Machine = machine;
        World = world;
        Dice = dice;
        _key = Keys.Signing(machine.Index);
        SignerGuard unguarded = SignerGuard.Open(new MemoryFolder(), Keys.ChainId, digest => _key.Sign(digest), initialize: true);
        _signer = new ValidatorSigner(Keys.ChainId, _key.Address, unguarded, Keys.Vrf(machine.Index));
    }

    public abstract string Name { get; }

    /// <summary>Heights at which two contradicting votes went to everybody in good weather: somebody must accuse it of one.</summary>
    public SortedSet<ulong> OpenOffences { get; } = [];

    protected Machine Machine { get; }

    protected World World { get; }

    protected Dice Dice { get; }

    /// <summary>Proposals of the open height that have been seen, our own included.</summary>
    protected IReadOnlyList<ProposalMessage> Seen => _seen;

    protected IReadOnlyList<PeerId> Peers => _wire?.Peers ?? [];

    /// <summary>The height that is open here.</summary>
    protected ulong Height => Machine.Height + 1;

    /// <summary>Takes a process' end of the wire and hands out what the node gets instead.</summary>
    public ITransport Take(WireTransport wire)
    {
        _wire = wire;
        Tick(wire);
        return new CrookedTransport(this, wire);
    }

    /// <summary>The node wants to publish.</summary>
    public void Say(Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (topic == Topic.Vote && Vote.TryDecode(payload.Span, out Vote? vote, out _)) OnVote(vote);
        else if (topic == Topic.Proposal && ProposalMessage.TryDecode(payload, out ProposalMessage? proposal, out _))
        {
            Remember(proposal);
            OnProposal(proposal);
        }
        else OnOther(topic, payload);
    }

    /// <summary>Something comes in, and reaches the node after this.</summary>
    public void Hear(GossipMessage message)
    {
        if (message.Topic == Topic.Proposal && ProposalMessage.TryDecode(message.Payload, out ProposalMessage? proposal, out _))
            Remember(proposal);
        OnHeard(message);
    }

    /// <summary>An answer in the node's place, or null to let it answer honestly.</summary>
    public virtual Answer? Answer(IncomingRequest request) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _signer.Dispose();
        _key.Dispose();
    }

    protected virtual void OnVote(Vote vote) => Publish(vote);

    protected virtual void OnProposal(ProposalMessage proposal) => Publish(proposal);

    protected virtual void OnOther(Topic topic, ReadOnlyMemory<byte> payload) => Publish(topic, payload);

    protected virtual void OnHeard(GossipMessage message)
    {
    }

    /// <summary>A few times a second, for whoever speaks unasked.</summary>
    protected virtual void OnTick()
    {
    }

    protected void Publish(Topic topic, ReadOnlyMemory<byte> payload) => _wire?.Publish(topic, payload);

    protected void Publish(Vote vote) => Publish(Topic.Vote, vote.Encode());

    protected void Publish(ProposalMessage proposal) => Publish(Topic.Proposal, proposal.Encode());

    protected void Whisper(PeerId peer, Vote vote) => Whisper(peer, Topic.Vote, vote.Encode());

    protected void Whisper(PeerId peer, ProposalMessage proposal) => Whisper(peer, Topic.Proposal, proposal.Encode());

    protected void Whisper(PeerId peer, Topic topic, ReadOnlyMemory<byte> payload) => _wire?.Whisper(peer, topic, payload);

    protected Vote Sign(VoteKind kind, ulong height, uint round, int validRound, in Hash256 block)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(Keys.ChainId, kind, height, round, validRound, block);
        return new Vote(kind, height, round, validRound, block, SealOf(digest));
    }

    /// <summary>The same slot for another block; a valid round goes with the block.</summary>
    protected Vote Contradict(Vote vote, in Hash256 block) => Sign(vote.Kind, vote.Height, vote.Round, -1, block);

    protected ProposalMessage Propose(uint round, int validRound, Block block)
    {
        Signature seal = SealOf(ConsensusSignBytes.OfProposal(Keys.ChainId, block.Number, round, validRound, block.Hash));
        return new ProposalMessage(new Proposal(block.Number, round, validRound, block.Hash, seal), block.Encode());
    }

    /// <summary>A valid block on the node's head with a timestamp of our choice; null when the rules allow none.</summary>
    protected Block? Build(long seconds)
    {
        if (Machine.Node is not { } node) return null;
        return node.Chain.Build(_signer, (ulong)Math.Max(0, seconds), node.Chain.Head.Commit, out _);
    }

    protected long NowSeconds => World.Time.NowMs / 1000;

    private Signature SealOf(in Hash256 digest) => _key.Sign(digest);

    private void Remember(ProposalMessage proposal)
    {
        _seen.RemoveAll(known => known.Proposal.Height < Height);
        bool isKnown = _seen.Any(known => known.Proposal.IsSameContent(proposal.Proposal));
        if (!isKnown && _seen.Count < SeenMax) _seen.Add(proposal);
    }

    private void Tick(WireTransport wire) => World.Time.After(Dice.Between(100, 700), () =>
    {
        if (wire != _wire) return;
        if (wire.Inbox is not null && Machine.Node is not null) OnTick();
        Tick(wire);
    });
}
