using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Governance;

/// <summary>
/// Lets stake decide: proposals that change parameters, spend from the community pool, plan forks or give orders to modules, with deposits,
/// weighted votes that delegators may override, and a delay before what passed takes effect.
/// </summary>
[Module("governance", "0x0000000000000000000000000000000000001002", Parts = [typeof(DepositBook), typeof(BallotBox)])]
public sealed partial class GovernanceModule
    : IModule, IStakeWatcher, IBeginBlock, IInvariants, IGenesis<GovernanceGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly ITokens _tokens;
    private readonly ITreasury _treasury;
    private readonly IStaking _staking;
    private readonly ModuleRoster _roster;
    private readonly IMeter _meter;
    private readonly DepositBook _deposits;
    private readonly BallotBox _ballots;
    private readonly StepRunner _runner;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Moves deposits.</param>
    /// <param name="tokens">Knows which tokens there are.</param>
    /// <param name="treasury">Holds the community pool.</param>
    /// <param name="staking">Knows who votes with what.</param>
    /// <param name="roster">The modules that can be governed.</param>
    /// <param name="meter">Where modules charge what they do by an order.</param>
    public GovernanceModule(
        ModuleState state, Logs logs, IBank bank, ITokens tokens, ITreasury treasury, IStaking staking, ModuleRoster roster,
        IMeter meter)
    {
        (_state, _logs, _bank, _tokens, _treasury) = (state, logs, bank, tokens, treasury);
        (_staking, _roster, _meter) = (staking, roster, meter);
        _deposits = new DepositBook(state, logs, bank, treasury);
        _ballots = new BallotBox(state, staking);
        _runner = new StepRunner(state, logs);
    }

    [Slot(0)] private partial Parameters<GovernanceParameters> Rules { get; }
    [Slot(1)] private partial Sequence Ids { get; }
    [Slot(2)] private partial Map<ulong, ProposalRecord> Records { get; }
    [Slot(3)] private partial BlobMap<ulong, ProposalBody> Bodies { get; }
    [Slot(4)] private partial Schedule<PhaseEnd> Calendar { get; }
    [Slot(5)] private partial Map<ulong, TallyRecord> Tallies { get; }
    [Slot(6)] private partial Map<string, ulong> ForkHeights { get; }

    /// <summary>Proposes an opinion. The value is the proposer's deposit.</summary>
    /// <param name="call">The proposer, with at least a sixteenth of the deposit.</param>
    /// <param name="title">1 to 140 bytes of text.</param>
    /// <param name="uri">Where its reasons can be read; may be empty.</param>
    /// <returns>The proposal's number.</returns>
    [Function, Payable]
    public ulong ProposeText(Call call, [Limit(256)] string title, [Limit(256)] string uri) =>
        Submit(call, ProposalKind.Text, Body(title, uri));

    /// <summary>Proposes another value of a governed parameter; <c>depin_getParams</c> lists them with their bounds.</summary>
    /// <param name="call">The proposer, with at least a sixteenth of the deposit.</param>
    /// <param name="title">1 to 140 bytes of text.</param>
    /// <param name="uri">Where its reasons can be read; may be empty.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="key">The parameter.</param>
    /// <param name="value">Its new value; an amount in wei, a flag as 0 or 1.</param>
    [Function, Payable]
    public ulong ProposeParameter(
        Call call, [Limit(256)] string title, [Limit(256)] string uri, [Limit(64)] string module, [Limit(64)] string key, UInt256 value)
    {
        ParametersOf(module).CheckParameter(key, value);
        return Submit(call, ProposalKind.Parameter, Body(title, uri) with { Subject = module, Key = key, Number = value });
    }

    /// <summary>Proposes a payment out of the community pool.</summary>
    /// <param name="call">The proposer, with at least a sixteenth of the deposit.</param>
    /// <param name="title">1 to 140 bytes of text.</param>
    /// <param name="uri">Where its reasons can be read; may be empty.</param>
    /// <param name="token">The token's number; 0 is DPN.</param>
    /// <param name="to">Who is paid.</param>
    /// <param name="amount">Base units.</param>
    [Function, Payable]
    public ulong ProposeSpend(
        Call call, [Limit(256)] string title, [Limit(256)] string uri, uint token, Address to, UInt256 amount)
    {
        Require(!to.IsZero && !amount.IsZero && amount.FitsUInt128, new InvalidSpend(to, amount));
        Require(token == 0 || _tokens.Exists(token), new UnknownAsset(token));
        return Submit(call, ProposalKind.Spend, Body(title, uri) with { Token = token, Account = to, Number = amount });
    }

    /// <summary>Proposes the height of a fork.</summary>
    /// <param name="call">The proposer, with at least a sixteenth of the deposit.</param>
    /// <param name="title">1 to 140 bytes of text.</param>
    /// <param name="uri">Where its reasons can be read; may be empty.</param>
    /// <param name="name">The fork, as programs know it.</param>
    /// <param name="height">Its first block.</param>
    [Function, Payable]
    public ulong ProposeFork(Call call, [Limit(256)] string title, [Limit(256)] string uri, [Limit(64)] string name, ulong height)
    {
        GovernanceParameters rules = Rules.Value;
        Require(GovernancePolicy.IsName(name), new InvalidFork(name));
        ulong earliest = call.Block.Number + rules.VotingBlocks + rules.DelayBlocks;
        Require(height > earliest, new ForkTooEarly(earliest, height));
        return Submit(call, ProposalKind.Fork, Body(title, uri) with { Subject = name, Number = height });
    }

    /// <summary>Proposes a call of a function that a module keeps for governance. A call that would be refused now is refused.</summary>
    /// <param name="call">The proposer, with at least a sixteenth of the deposit.</param>
    /// <param name="title">1 to 140 bytes of text.</param>
    /// <param name="uri">Where its reasons can be read; may be empty.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="calldata">Selector and arguments.</param>
    [Function, Payable]
    public ulong ProposeOrder(
        Call call,
        [Limit(256)] string title,
        [Limit(256)] string uri,
        [Limit(64)] string module,
        [Limit(GovernancePolicy.CalldataMax)] byte[] calldata)
    {
        int before = _state.Storage.Snapshot();
        Order(module, calldata, call.Block);
        _state.Storage.Revert(before);
        return Submit(call, ProposalKind.Order, Body(title, uri) with { Subject = module, Calldata = calldata });
    }

    /// <summary>Adds the value that comes along to a proposal's deposit; the vote begins when it is complete.</summary>
    /// <param name="call">The depositor.</param>
    /// <param name="id">The proposal.</param>
    [Function, Payable]
    public void Deposit(Call call, ulong id)
    {
        ProposalRecord proposal = Get(id);
        bool isOpen = proposal.Status == ProposalStatus.Deposit && call.Block.Number < proposal.DepositEnds;
        Require(isOpen, new NotInDeposit(id, proposal.Status));
        AddDeposit(call, id, proposal);
    }

    /// <summary>Votes for one option. The latest vote counts; the weight is the stake at the end of the vote.</summary>
    /// <param name="call">A delegator, who speaks for its own stake, or an operator, for all stake whose owners do not vote.</param>
    /// <param name="id">The proposal.</param>
    /// <param name="option">1 yes, 2 abstain, 3 no, 4 veto.</param>
    [Function]
    public void Vote(Call call, ulong id, VoteOption option) => Cast(call, id, GovernancePolicy.BallotFor(option));

    /// <summary>Votes for several options, in parts of 10,000 that add up to it.</summary>
    /// <param name="call">A delegator or an operator.</param>
    /// <param name="id">The proposal.</param>
    /// <param name="yes">For it.</param>
    /// <param name="abstain">Present, without an opinion.</param>
    /// <param name="no">Against it.</param>
    /// <param name="veto">Against it, and its deposit shall burn.</param>
    [Function]
    public void VoteWeighted(Call call, ulong id, ushort yes, ushort abstain, ushort no, ushort veto)
    {
        var ballot = new Ballot(yes, abstain, no, veto);
        uint sum = GovernancePolicy.SumOf(ballot);
        Require(sum == GovernancePolicy.Weights, new InvalidWeights(GovernancePolicy.Weights, sum));
        Cast(call, id, ballot);
    }

    /// <inheritdoc/>
    public void SharesChanged(Address delegator, Address validator, UInt128 before, UInt128 after) =>
        _ballots.Follow(delegator, validator, before, after);

    /// <inheritdoc/>
    public void BeginBlock(BlockContext block) =>
        _runner.ForEachDue(Calendar, block.Number, GovernancePolicy.PhasesPerBlockMax, end => End(end, block));

    /// <inheritdoc/>
    public void Initialize(GovernanceGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    private static ProposalBody Body(string title, string uri) =>
        new(title, uri, string.Empty, string.Empty, default, Token: 0, UInt256.Zero, []);

    private ulong Submit(Call call, ProposalKind kind, ProposalBody body)
    {
        Require(GovernancePolicy.IsTitle(body.Title), new InvalidTitle(body.Title));
        Require(GovernancePolicy.IsUri(body.Uri), new InvalidUri(body.Uri));
        ulong id = Ids.Next();
        ulong depositEnds = call.Block.Number + Rules.Value.DepositBlocks;
        var proposal = new ProposalRecord(
            call.Sender, kind, ProposalStatus.Deposit, call.Block.Number, depositEnds, VotingEnds: 0, EffectAt: 0, Amount.Zero);
        Bodies[id] = body;
        Calendar.Add(depositEnds, new PhaseEnd(id, Phase.Deposit));
        _logs.Emit(new ProposalSubmitted(id, call.Sender, kind, body.Title, depositEnds));
        AddDeposit(call, id, proposal);
        return id;
    }

    private void AddDeposit(Call call, ulong id, ProposalRecord proposal)
    {
        GovernanceParameters rules = Rules.Value;
        Amount least = GovernancePolicy.LeastDeposit(rules.DepositMin);
        Require(call.Value >= least, new DepositTooSmall(least, call.Value));
        _deposits.Add(id, call.Sender, call.Value);
        proposal = proposal with { Deposited = proposal.Deposited + call.Value };
        _logs.Emit(new Deposited(id, call.Sender, call.Value, proposal.Deposited));
        if (proposal.Deposited >= rules.DepositMin)
        {
            Require(_ballots.OpenCount < GovernancePolicy.VotingMax, new TooManyVotes(GovernancePolicy.VotingMax));
            proposal = proposal with { Status = ProposalStatus.Voting, VotingEnds = call.Block.Number + rules.VotingBlocks };
            _ballots.OpenFor(id);
            Calendar.Add(proposal.VotingEnds, new PhaseEnd(id, Phase.Vote));
            _logs.Emit(new VotingStarted(id, proposal.VotingEnds));
        }

        Records[id] = proposal;
    }

    private void Cast(Call call, ulong id, in Ballot ballot)
    {
        ProposalRecord proposal = Get(id);
        bool isOpen = proposal.Status == ProposalStatus.Voting && call.Block.Number < proposal.VotingEnds;
        Require(isOpen, new NotVoting(id, proposal.Status));
        bool hasStake = _ballots.Cast(id, call.Sender, ballot);
        Require(hasStake, new NoStake(call.Sender));
        _logs.Emit(new Voted(id, call.Sender, ballot.Yes, ballot.Abstain, ballot.No, ballot.Veto));
    }

    private void End(PhaseEnd end, BlockContext block)
    {
        ProposalRecord proposal = Records[end.Proposal];
        if (end.Phase == Phase.Delay) TakeEffect(end, proposal, block);
        else if (end.Phase == Phase.Vote) Decide(end.Proposal, proposal, block.Number);
        else if (proposal.Status == ProposalStatus.Deposit) Expire(end.Proposal, proposal);
    }

    private void Expire(ulong id, in ProposalRecord proposal)
    {
        Records[id] = proposal with { Status = ProposalStatus.Expired };
        _logs.Emit(new ProposalExpired(id, proposal.Deposited));
        _deposits.Refund(id);
    }

    private void Decide(ulong id, in ProposalRecord proposal, ulong now)
    {
        GovernanceParameters rules = Rules.Value;
        TallyRecord tally = _ballots.Count(id);
        ProposalStatus outcome = GovernancePolicy.Outcome(tally, rules);
        ulong effectAt = outcome == ProposalStatus.Queued ? now + rules.DelayBlocks : 0;
        _ballots.CloseFor(id);
        Tallies[id] = tally;
        Records[id] = proposal with { Status = outcome, EffectAt = effectAt };
        if (outcome == ProposalStatus.Queued) Calendar.Add(effectAt, new PhaseEnd(id, Phase.Delay));
        _logs.Emit(new ProposalDecided(id, outcome, tally.Yes, tally.Abstain, tally.No, tally.Veto, tally.Bonded, effectAt));
        if (outcome == ProposalStatus.Vetoed) _deposits.Burn(id);
        else _deposits.Refund(id);
    }

    // Rules change where sets change: whoever plans by an epoch's rules has them for the whole of it.
    private void TakeEffect(PhaseEnd end, in ProposalRecord proposal, BlockContext block)
    {
        ulong boundary = _staking.EpochEnd + 1;
        if (block.Number < boundary)
        {
            Calendar.Add(boundary, end);
            return;
        }

        ProposalKind kind = proposal.Kind;
        ulong id = end.Proposal;
        FaultCode? fault = _runner.Attempt(() => Perform(id, kind, block), out byte[] reason);
        Records[id] = proposal with { Status = fault is null ? ProposalStatus.Executed : ProposalStatus.Failed };
        if (fault is { } code) _logs.Emit(new ProposalFailed(id, code, reason));
        else _logs.Emit(new ProposalExecuted(id));
    }

    private void Perform(ulong id, ProposalKind kind, BlockContext block)
    {
        ProposalBody body = Bodies[id];
        switch (kind)
        {
            case ProposalKind.Parameter:
                ParametersOf(body.Subject).SetParameter(body.Key, body.Number);
                _logs.Emit(new ParameterChanged(id, body.Subject, body.Key, body.Number));
                break;
            case ProposalKind.Spend when body.Token == 0:
                _treasury.Spend(body.Account, new Amount((UInt128)body.Number), block.Number);
                break;
            case ProposalKind.Spend:
                _treasury.SpendToken(body.Token, body.Account, (UInt128)body.Number, block.Number);
                break;
            case ProposalKind.Fork:
                ForkHeights[body.Subject] = (ulong)body.Number;
                _logs.Emit(new ForkPlanned(id, body.Subject, (ulong)body.Number));
                break;
            case ProposalKind.Order:
                Order(body.Subject, body.Calldata, block);
                break;
        }
    }

    private void Order(string name, byte[] calldata, BlockContext block)
    {
        IModule module = ModuleOf(name);
        uint selector = Calldata.SelectorOf(calldata);
        Require(module is IGoverned governed && governed.TakesOrder(selector), new NotAnOrder(name, selector));
        module.Dispatch(
            new Call { Sender = Address, Origin = Address, Value = Amount.Zero, Block = block, Meter = _meter }, calldata);
    }

    private IModuleParameters ParametersOf(string name)
    {
        var parameters = ModuleOf(name) as IModuleParameters;
        Require(parameters is not null, new NothingGoverned(name));
        return parameters;
    }

    private IModule ModuleOf(string name)
    {
        IModule? module = _roster.Find(name);
        Require(module is not null, new UnknownModule(name));
        return module;
    }

    private ProposalRecord Get(ulong id)
    {
        Require(Records.TryGet(id, out ProposalRecord proposal), new UnknownProposal(id));
        return proposal;
    }
}
