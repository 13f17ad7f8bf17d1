using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Checks;

/// <summary>Watches every machine after every step and calls out the first rule that is broken.</summary>
internal sealed class Referee
{
    private readonly World _world;
    private readonly AgreementCheck _agreement;
    private readonly ProposerCheck _proposers = new();
    private readonly RuleCheck _rules;
    private readonly SortedSet<Address> _accused = [];

    public Referee(World world, SealBook seals)
    {
        _world = world;
        _agreement = new AgreementCheck(seals);
        _rules = new RuleCheck(seals, _agreement, _proposers);
        world.Wire.Sent += OnSent;
        world.Wire.Arrived += OnArrived;
        world.Wire.Answered += (machine, protocol, answer) =>
        {
            if (machine.IsHonest) _rules.OnAnswered(machine, protocol, answer);
        };
    }

    /// <summary>The highest block that an honest machine has decided.</summary>
    public ulong HeightMax => _agreement.HeightMax;

    /// <summary>What is decided.</summary>
    public AgreementCheck Agreement => _agreement;

    /// <summary>A machine has opened its disk and not yet joined the others.</summary>
    public void OnBoot(Machine machine)
    {
        if (!machine.IsHonest || machine.Node is not { } node) return;
        Require(machine.Height >= machine.Announced, $"{machine.Name} lost block {machine.Announced}, it has {machine.Height}");
        _proposers.Learn(node.Chain.Head.View);
        _agreement.Learn(machine, node.Chain.Head.Number + 1, node.Chain.Head.View.Validators);
        AfterStep(machine);
    }

    /// <summary>A machine has handled one thing.</summary>
    public void AfterStep(Machine machine)
    {
        while (machine.IsHonest && machine.Node is { } node && machine.Announced < node.Chain.Head.Number)
        {
            machine.Announced++;
            OnCommitted(machine, node, machine.Announced);
        }
    }

    /// <summary>A node tells its person something.</summary>
    public void OnReport(Machine machine, HostReport report)
    {
        string name = report.GetType().Name;
        string detail = report is HostReport.BlockRefused refused ? $"{name}: {refused.Fault}" : name;
        _world.Trace.Note("reports", machine.Index, -1, detail, Trace.TextDigest(detail));
        if (!machine.IsHonest) return;

        // What was synced before a vote left must lead to that vote again.
        bool isLost = report is HostReport.VotingSuspended && !machine.IsLogDamaged;
        Require(!isLost, $"{machine.Name} lost its write-ahead log by a crash alone");
        Require(report is not HostReport.BuildFailed, $"{machine.Name} cannot build: {report}");
        bool isSlander = report is HostReport.Equivocation accused && _world.Honest.Any(honest => honest.Address == accused.Signer);
        Require(!isSlander, $"{machine.Name} accuses an honest validator: {report}");
        if (report is HostReport.PeerMisbehaved(string peer, string what))
            Require(_world.Honest.All(honest => honest.Name != peer), $"{machine.Name} blames honest {peer} for {what}");
    }

    /// <summary>The run is over: what is only asked once.</summary>
    public void AtEnd()
    {
        foreach (Machine machine in _world.Honest)
        {
            if (machine.Node is { } node) SupplyCheck.Check(machine, node);
        }

        foreach (Machine liar in _world.Machines.Where(machine => machine.Conduct is { OpenOffences.Count: >= 3 }))
            Require(_accused.Contains(liar.Address), $"{liar.Name} voted twice in the open and no block says so");
    }

    /// <exception cref="ViolationException">The condition does not hold.</exception>
    public static void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds) throw new ViolationException(otherwise);
    }

    /// <remarks>Nearly all of a few million conditions hold, so the text is only put together for one that does not.</remarks>
    /// <inheritdoc cref="Require(bool, string)"/>
    public static void Require(
        [DoesNotReturnIf(false)] bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) throw new ViolationException(otherwise.Text);
    }

    private void OnCommitted(Machine machine, ValidatorNode node, ulong height)
    {
        bool isFirst = height > HeightMax;
        _agreement.OnCommitted(machine, node, height);
        if (height == node.Chain.Head.Number) _proposers.Learn(node.Chain.Head.View);
        Block block = _agreement.BlockAt(height)!; // it was just noted
        if (isFirst && node.Stores.Archive.FindCommit(height, out _) is { } commit)
        {
            _proposers.CheckMiner(block, commit);
            foreach (Evidence evidence in block.Consensus.Evidence)
            {
                if (evidence.TryVerify(Keys.ChainId, out Address accused, out _)) _accused.Add(accused);
            }

            CheckTime(block);
            _rules.ForgetBelow(_world.Machines.Min(each => each.Announced));
        }

        _world.Trace.Note("commits", machine.Index, -1, new Decision(height, block.Hash), height ^ Trace.DigestOf(block.Hash));
    }

    // A block of the future needs more than a third whose clocks are wrong, or a node that does not look at its own.
    private void CheckTime(Block block)
    {
        long ahead = ((long)block.Header.Timestamp * 1000) - _world.Time.NowMs;
        long allowed = (_world.Troubles?.SkewMaxMs ?? 0) + _world.Genesis.Timeouts.PrecisionMs + 1000;
        Require(ahead <= allowed, $"block {block.Number} was decided {ahead} ms before its time");
    }

    private void OnArrived(Machine machine, Message message)
    {
        if (machine.IsHonest) _rules.OnArrived(machine, message);
    }

    private void OnSent(Machine machine, Message message)
    {
        if (!machine.IsHonest) return;
        _rules.OnSaid(machine, message);
        if (message.Vote is { } vote)
        {
            SigningStep step = vote.Kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit;
            CheckMark(machine, new SigningSlot(vote.Height, vote.Round, step));
        }

        if (message.Proposal is { } proposal)
            CheckMark(machine, new SigningSlot(proposal.Height, proposal.Round, SigningStep.Propose));
    }

    // Nothing leaves before the disk would remember, after a power loss this instant, that it was signed.
    private static void CheckMark(Machine machine, SigningSlot slot)
    {
        SignerMark? mark = SignerMark.Decode(machine.Folder.ReadDurable("signer.mark"));
        Require(mark is not null && mark.Slot >= slot, $"{machine.Name} says {slot} before its mark is durable, which is at {mark?.Slot}");
    }

    private sealed record Decision(ulong Height, Hash256 Block)
    {
        public override string ToString() => $"{Height} {Message.Short(Block)}";
    }
}
