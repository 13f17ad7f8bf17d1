using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Economy;

/// <summary>
/// Says what one DPN is worth in US dollars: validators report in rounds, the median of a quorum counts, a move is bounded, and the price
/// is averaged over half an hour. Without agreement it goes stale, and what needs a price waits.
/// </summary>
[Module("oracle", "0x0000000000000000000000000000000000001006")]
public sealed partial class OracleModule(ModuleState state, Logs logs, ISeats seats)
    : IModule, IOracle, IBeginBlock, IInvariants, IGenesis<OracleGenesis>
{
    [Slot(0)] private partial Parameters<OracleParameters> Rules { get; }
    [Slot(1)] private partial Item<PriceState> State { get; }
    [Slot(2)] private partial Map<ulong, PriceStretch> Stretches { get; }
    [Slot(3)] private partial Map<Address, PriceReport> Reports { get; }
    [Slot(4)] private partial Map<Address, Address> ReporterOf { get; }
    [Slot(5)] private partial Map<Address, Address> PrincipalOf { get; }
    [Slot(6)] private partial Item<RoundResult> Last { get; }

    /// <summary>Says what one DPN is worth now; once a round for each validator.</summary>
    /// <param name="call">A validator's operator, or the account that it named.</param>
    /// <param name="round">The running round, block / <c>reportBlocks</c>, so that a late report is not taken for a new one.</param>
    /// <param name="price">10^-9 US dollars for one DPN.</param>
    [Function]
    public void Report(Call call, ulong round, ulong price)
    {
        Address validator = seats.IsActive(call.Sender) ? call.Sender : PrincipalOf[call.Sender];
        ulong running = call.Block.Number / Rules.Value.ReportBlocks;
        Require(seats.IsActive(validator), new NotAReporter(call.Sender));
        Require(round == running, new WrongRound(round, running));
        Require(price is > 0 and <= OraclePolicy.PriceMax, new InvalidPrice(price, OraclePolicy.PriceMax));
        Require(FindReport(validator, running) == 0, new AlreadyReported(validator, running));
        Reports[validator] = new PriceReport(round, price);
        logs.Emit(new PriceReported(validator, round, price));
    }

    /// <summary>Lets another account report for the caller's validator, so that the operator's key can stay away; zero ends it.</summary>
    /// <param name="call">An active validator's operator.</param>
    /// <param name="reporter">The account; it reports for one validator only.</param>
    [Function]
    public void SetReporter(Call call, Address reporter)
    {
        Require(seats.IsActive(call.Sender), new NotAReporter(call.Sender));
        bool isFree = reporter == Address.Zero || (PrincipalOf[reporter] == Address.Zero && !seats.IsActive(reporter));
        Require(isFree, new ReporterTaken(reporter));
        PrincipalOf.Remove(ReporterOf[call.Sender]);
        ReporterOf[call.Sender] = reporter;
        if (reporter != Address.Zero) PrincipalOf[reporter] = call.Sender;
        logs.Emit(new ReporterChanged(call.Sender, reporter));
    }

    /// <summary>The price as of this block.</summary>
    [Function]
    public PriceQuote GetPrice(BlockContext block) => Quote(block.Number);

    /// <summary>The running round's number.</summary>
    [Function]
    public ulong RunningRound(BlockContext block) => block.Number / Rules.Value.ReportBlocks;

    /// <summary>What each validator says in the running round.</summary>
    [Function]
    public SeatReport[] RoundReports(BlockContext block)
    {
        ulong running = RunningRound(block);
        return [.. seats.Seats().Select(seat => new SeatReport(seat.Validator, seat.Stake, FindReport(seat.Validator, running)))];
    }

    /// <summary>The last round that brought reports, with the inputs of its result.</summary>
    [Function]
    public RoundResult LastRound() => Last.GetOr(new RoundResult(0, 0, Amount.Zero, Amount.Zero, 0, 0));

    /// <summary>The account that reports for a validator; zero for none.</summary>
    [Function]
    public Address GetReporter(Address validator) => ReporterOf[validator];

    /// <inheritdoc/>
    public PriceQuote Quote(ulong now)
    {
        PriceState at = State.GetOr(default);
        if (at.Newest == 0) return default;
        OracleParameters rules = Rules.Value;
        PriceStretch last = Stretches[at.Newest];
        ulong from = now > rules.AverageBlocks ? now - rules.AverageBlocks : 0;
        ulong number = at.Oldest;
        PriceStretch first = Stretches[number];
        while (number < at.Newest && Stretches[number + 1] is var next && next.Height <= from)
        {
            first = next;
            number++;
        }

        ulong average = OraclePolicy.Average(first, last, Math.Max(from, first.Height), now);
        return new PriceQuote(at.IsFixed || now <= at.UpdatedAt + rules.StaleBlocks, last.Price, average, at.UpdatedAt);
    }

    /// <summary>Closes the round that ended with the block before, and says when the price has gone stale.</summary>
    public void BeginBlock(BlockContext block)
    {
        OracleParameters rules = Rules.Value;
        if (block.Number % rules.ReportBlocks == 0) Close((block.Number / rules.ReportBlocks) - 1, block.Number, rules);
        PriceState at = State.GetOr(default);
        bool wentStale = at.Newest != 0 && !at.IsFixed && block.Number == at.UpdatedAt + rules.StaleBlocks + 1;
        if (wentStale) logs.Emit(new PriceWentStale(at.UpdatedAt));
    }

    /// <inheritdoc/>
    public void Initialize(OracleGenesis section, GenesisContext context)
    {
        Require(section.FixedPrice == 0 || context.IsDevelopment, new FixedPriceNotAllowed(section.FixedPrice));
        Rules.Value = section.ToParameters();
        if (section.FixedPrice == 0) return;
        State.Value = new PriceState(UpdatedAt: 0, Oldest: 1, Newest: 1, IsFixed: true);
        Stretches[1] = new PriceStretch(Height: 0, section.FixedPrice, UInt128.Zero);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        PriceState at = State.GetOr(default);
        return OracleInvariants.Violations(at, Stretches.GetOr(at.Oldest, default), Stretches.GetOr(at.Newest, default));
    }

    private ulong FindReport(Address validator, ulong round)
    {
        PriceReport report = Reports.GetOr(validator, default);
        return report.Round == round ? report.Price : 0;
    }

    private void Close(ulong round, ulong now, in OracleParameters rules)
    {
        IReadOnlyList<(Address Validator, Amount Stake)> voters = seats.Seats();
        List<(ulong Price, Amount Stake)> reports = [];
        Amount total = Amount.Zero;
        Amount reported = Amount.Zero;
        foreach ((Address validator, Amount stake) in voters)
        {
            total += stake;
            ulong price = FindReport(validator, round);
            if (price == 0) continue;
            reports.Add((price, stake));
            reported += stake;
        }

        if (reports.Count == 0) return;
        if (OraclePolicy.IsQuorum((uint)reports.Count, reported, voters.Count, total, rules))
        {
            ulong median = OraclePolicy.Median(reports);
            ulong price = Move(median, now, rules);
            Last.Value = new RoundResult(round, (uint)reports.Count, reported, total, median, price);
            logs.Emit(new PriceUpdated(round, price, median, Quote(now).Average, (uint)reports.Count));
            return;
        }

        Last.Value = new RoundResult(round, (uint)reports.Count, reported, total, 0, 0);
        logs.Emit(new QuorumMissed(round, (uint)reports.Count, reported, total));
    }

    private ulong Move(ulong median, ulong now, in OracleParameters rules)
    {
        PriceState at = State.GetOr(default);
        PriceStretch last = Stretches.GetOr(at.Newest, default);
        ulong price = at.Newest == 0 ? median : OraclePolicy.Bounded(last.Price, median, now - at.UpdatedAt, rules);
        if (price != last.Price)
        {
            UInt128 sum = at.Newest == 0 ? UInt128.Zero : OraclePolicy.SumAt(last, now);
            at = at with { Oldest = Math.Max(at.Oldest, 1), Newest = at.Newest + 1 };
            Stretches[at.Newest] = new PriceStretch(now, price, sum);
        }

        // A stretch is needed as long as the one after it began within the average's window.
        for (int drops = 0; drops < OraclePolicy.DropsMax && at.Oldest < at.Newest; drops++)
        {
            if (Stretches[at.Oldest + 1].Height + rules.AverageBlocks > now) break;
            Stretches.Remove(at.Oldest);
            at = at with { Oldest = at.Oldest + 1 };
        }

        State.Value = at with { UpdatedAt = now, IsFixed = false };
        return price;
    }
}
