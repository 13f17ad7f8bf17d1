using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Ceasing to be a validator, and getting the stake and the earnings out.</summary>
internal static class ValidatorExit
{
    public static Command Leave()
    {
        var command = new Command("leave", "Unbonds the whole stake of --key's own, which gives its seat up at the epoch's end.");
        command.Runs(async (session, _, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            string validator = session.KeyAddress.ToString();
            AbiRecord record = await desk.RecordAsync("getValidator", [validator], cancellation);
            AbiRecord bond = await desk.RecordAsync("getDelegation", [validator, validator], cancellation);
            if (bond.Number("shares").IsZero)
            {
                throw new CliFailure(ExitCode.RejectedByChain, "NothingBonded", $"{validator} has no stake of its own any more")
                {
                    Hint = "depin validator withdraw pays out what has unbonded",
                };
            }

            AbiRecord rules = await desk.RecordAsync("getParams", [], cancellation);
            AbiRecord epoch = await desk.RecordAsync("epochInfo", [], cancellation);
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            ulong paidAt = head + 1 + (ulong)rules.Number("unbondingBlocks");
            bool isSeated = !record.Number("power").IsZero;
            await desk.SendAsync(
                "undelegate",
                [validator, bond.Number("shares").ToString()],
                Amount.Zero,
                [
                    ("validator", validator),
                    ("unbonds", bond.Shown("tokens")),
                    ("signsUntilBlock", isSeated ? epoch.Shown("end") : "it has no seat"),
                    ("paidFromBlock", paidAt.ToString(CultureInfo.InvariantCulture)),
                    ("when", await desk.WhenAsync(paidAt, cancellation)),
                    ("note", "keep the node running until the seat is gone; until it is paid the stake answers for what it signed"),
                ],
                cancellation);
        });
        return command;
    }

    public static Command Withdraw()
    {
        var command = new Command("withdraw", "Pays --key what has unbonded, its rewards and its commission.");
        command.Runs(async (session, _, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            string validator = session.KeyAddress.ToString();
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            IReadOnlyList<AbiRecord> unbondings = await desk.RecordsAsync("getUnbondings", [validator], cancellation);
            List<(string What, string Method, string[] Arguments, Amount Amount)> due = [];
            foreach (AbiRecord entry in unbondings)
            {
                if ((ulong)entry.Number("completesAt") <= head)
                    due.Add(("unbonded stake", "claimUnbonded", [entry.Number("id").ToString()], entry.Amount("balance")));
            }

            Amount rewards = await desk.AmountAsync("pendingRewards", [validator, validator], cancellation);
            if (rewards != Amount.Zero) due.Add(("rewards", "withdrawRewards", [validator], rewards));
            Amount commission = (await desk.RecordAsync("getEarnings", [validator], cancellation)).Amount("commission");
            if (commission != Amount.Zero) due.Add(("commission", "withdrawCommission", [], commission));
            if (due.Count == 0) throw await NothingDueAsync(desk, unbondings, cancellation);
            List<IReadOnlyList<JsonNode?>> rows = [];
            foreach ((string what, string method, string[] arguments, Amount amount) in due)
            {
                (string Name, JsonNode? Value)[] facts = await desk.CarryAsync(method, arguments, Amount.Zero, [], cancellation);
                JsonNode? outcome = facts.FirstOrDefault(fact => fact.Name is "status" or "sent").Value;
                JsonNode? transaction = facts.FirstOrDefault(fact => fact.Name == "transaction").Value;
                rows.Add([what, amount.ToString(), outcome, transaction]);
            }

            session.Output.Rows(["what", "amount", "status", "transaction"], rows);
            foreach (AbiRecord entry in unbondings.Where(entry => (ulong)entry.Number("completesAt") > head))
                session.Output.Say($"{entry.Shown("balance")} more from block {entry.Number("completesAt")}");
        });
        return command;
    }

    private static async Task<CliFailure> NothingDueAsync(
        StakingDesk desk, IReadOnlyList<AbiRecord> unbondings, CancellationToken cancellation)
    {
        AbiRecord? next = unbondings.MinBy(entry => entry.Number("completesAt"));
        return new CliFailure(ExitCode.RejectedByChain, "NothingToWithdraw", "there is nothing to pay out now")
        {
            Hint = next is null
                ? "unbonded stake is paid by itself when its time is over; depin account balance shows it"
                : $"{next.Shown("balance")} is paid from block {next.Number("completesAt")}, "
                    + await desk.WhenAsync((ulong)next.Number("completesAt"), cancellation),
        };
    }
}
