using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>An honest host: a log that loses what was not flushed, a signer that never forgets, a ledger, timers, and one core.</summary>
internal sealed class SimulatedNode(int index, SimulatedNetwork network)
{
    // What the disk keeps.
    private readonly List<Input> _log = [];
    private readonly SortedDictionary<(ulong Height, uint Round, int Step), (int ValidRound, Hash256 Value)> _signed = [];
    private int _flushed;
    private ulong _logHeight;

    // What a crash forgets. Timers and answers of an earlier life are not delivered.
    private Core? _core;
    private int _life;
    private int _lockedRound = -1;

    public int Index => index;

    public List<Effect.Decide> Ledger { get; } = [];

    public void Start()
    {
        if (_core is not null) return;
        _life++;
        _core = new Core(SimulatedNetwork.Timeouts);
        OpenNext();
    }

    public void Receive(Input input)
    {
        if (_core is null) return;

        // Whether a proposal was timely is each receiver's own judgement.
        bool isLate = !network.IsHealed && network.Random.Next(20) == 0;
        Step(isLate && input is Input.ProposalReceived proposal ? proposal with { IsAcceptable = false } : input);
    }

    public void Crash()
    {
        if (_core is null) return;
        network.CountCrash();
        _core = null;
        _life++;

        // Some of the unflushed tail may have reached the disk, always from its beginning.
        int kept = network.Random.Next(_flushed, _log.Count + 1);
        _log.RemoveRange(kept, _log.Count - kept);
        network.After(network.Random.Next(0, 1_500), Start);
    }

    /// <summary>A peer asks; the ledger answers for heights that are behind us.</summary>
    public VoteRepair Answer(VoteRequest request)
    {
        if (_core is null) return VoteRepair.Empty;
        return request.Height <= (ulong)Ledger.Count
            ? VoteRepair.Empty with { Commit = Ledger[(int)request.Height - 1].Certificate }
            : _core.Answer(request);
    }

    public override string ToString() =>
        $"node {index} height {_core?.Height} round {_core?.Round} locked {_core?.LockedRound} ledger {Ledger.Count}";

    private void OpenNext()
    {
        ulong height = (ulong)Ledger.Count + 1;
        List<Input> replay = _logHeight == height ? [.. _log] : [];
        _log.Clear();
        _log.AddRange(replay);
        _flushed = replay.Count;
        _logHeight = height;
        _lockedRound = -1;
        CommitCertificate? last = Ledger.Count == 0 ? null : Ledger[^1].Certificate;
        Core core = _core!;
        IReadOnlyList<Effect> effects = core.Step(new Input.StartHeight(
            height, network.Rotation, height - 1, Ballots.Validator(index), last, last is null ? null : network.Set));
        if (replay.Count == 0)
        {
            CarryOut(effects);
            return;
        }

        foreach (Input input in replay) core.Step(input);
        int promised = _signed.Where(entry => entry.Key.Height == height && entry.Key.Step == 3 && !entry.Value.Value.IsZero)
            .Select(entry => (int)entry.Key.Round)
            .DefaultIfEmpty(-1)
            .Max();
        SimulatedNetwork.Check(core.LockedRound >= promised, $"node {index} forgot its lock of round {promised}");
        Step(new Input.Recovered(height));
    }

    private void Step(Input input)
    {
        Core core = _core!;
        ulong height = core.Height;
        IReadOnlyList<Effect> effects = core.Step(input);
        if (core.Height == height)
        {
            SimulatedNetwork.Check(core.LockedRound >= _lockedRound, "a lock went back");
            _lockedRound = core.LockedRound;
        }

        CarryOut(effects);
    }

    private void CarryOut(IReadOnlyList<Effect> effects)
    {
        foreach (Effect effect in effects)
        {
            if (_core is null) return;
            if (!network.IsHealed && network.Random.Next(1_500) == 0)
            {
                Crash();
                return;
            }

            if (effect.NeedsDurableLog) _flushed = _log.Count;
            CarryOut(effect);
        }
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.Persist persist:
                _log.Add(Reread(persist.Input));
                break;
            case Effect.SignProposal sign when IsSigned(sign.Height, sign.Round, 1, sign.ValidRound, sign.BlockHash):
                Proposal proposal = Ballots.Proposal(sign.Height, sign.Round, sign.BlockHash, index, sign.ValidRound);
                Say(new Input.ProposalReceived(proposal, Ballots.Validator(index), IsAcceptable: true));
                if (sign.Polka is { } polka) network.Broadcast(index, new Input.PolkaReceived(polka));
                break;
            case Effect.SignVote sign when IsSigned(sign.Height, sign.Round, 1 + (int)sign.Kind, sign.ValidRound, sign.BlockHash):
                Vote vote = Ballots.Vote(sign.Kind, sign.Height, sign.Round, sign.BlockHash, index, sign.ValidRound);
                Say(new Input.VoteReceived(vote, Ballots.Validator(index)));
                break;
            case Effect.RebroadcastProposal again:
                network.Broadcast(index, new Input.ProposalReceived(again.Proposal, Ballots.Validator(index), IsAcceptable: true));
                if (again.Polka is { } proof) network.Broadcast(index, new Input.PolkaReceived(proof));
                break;
            case Effect.RebroadcastVote again:
                network.Broadcast(index, new Input.VoteReceived(again.Vote, Ballots.Validator(index)));
                break;
            case Effect.ScheduleTimeout timer:
                Later(timer.DelayMs, new Input.TimeoutElapsed(timer.Height, timer.Round, timer.Kind));
                break;
            case Effect.BuildValue build:
                Hash256 block = SimulatedNetwork.Block(isValid: true, index, build.Height, build.Round, network.Random.Next(256));
                Later(network.Random.Next(1, 30), new Input.ValueBuilt(build.Height, build.Round, block));
                break;
            case Effect.ValidateValue judge:
                int work = network.Random.Next(1, judge.IsProposed ? 30 : 200);
                Later(work, new Input.ValueJudged(judge.Height, judge.BlockHash, SimulatedNetwork.IsValid(judge.BlockHash)));
                break;
            case Effect.RequestVotes request:
                Ask(request.Request);
                break;
            case Effect.Decide decide:
                network.OnDecide(this, decide);
                Ledger.Add(decide);
                int life = _life;
                network.After(network.Random.Next(1, 60), () =>
                {
                    if (life == _life) OpenNext();
                });
                break;
            case Effect.ReportEvidence report:
                network.OnEvidence(report);
                break;
            case Effect.Halt:
                throw new InvalidOperationException("an honest node halted");
        }
    }

    // Through its bytes, as from a disk.
    private static Input Reread(Input input) =>
        InputCodec.TryDecode(InputCodec.Encode(input), out Input? read, out string? why) ? read : throw new InvalidOperationException(why);

    private void Say(Input message)
    {
        network.Broadcast(index, message);
        Later(0, message);
    }

    private void Later(long delayMs, Input input)
    {
        int life = _life;
        network.After(delayMs, () =>
        {
            if (life == _life && _core is not null) Step(input);
        });
    }

    // The signer guard: never below its mark, and at it only the same words.
    private bool IsSigned(ulong height, uint round, int step, int validRound, Hash256 value)
    {
        if (_signed.TryGetValue((height, round, step), out (int ValidRound, Hash256 Value) before))
        {
            SimulatedNetwork.Check(before == (validRound, value), $"node {index} would sign twice at {height}/{round}/{step}");
        }

        if (_signed.Count > 0 && _signed.Keys.Max().CompareTo((height, round, step)) > 0) return false;
        _signed[(height, round, step)] = (validRound, value);
        return true;
    }

    private void Ask(VoteRequest request)
    {
        SimulatedNode peer = network.Nodes[network.Random.Next(network.Nodes.Count)];
        if (peer == this || !VoteRequest.TryDecode(request.Encode(), out VoteRequest? asked, out _)) return;
        VoteRepair repair = peer.Answer(asked);
        foreach (PolkaCertificate polka in repair.Polkas) network.Send(peer.Index, this, new Input.PolkaReceived(polka));
        foreach (Vote vote in repair.Votes) network.Send(peer.Index, this, new Input.VoteReceived(vote, SimulatedNetwork.SignerOf(vote)));
        if (repair.Commit is { } commit) network.Send(peer.Index, this, new Input.CommitReceived(commit));
    }
}
