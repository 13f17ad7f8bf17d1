using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The one way by which a command sends a transaction: prepare, show the cost, send, wait for its block, explain a
/// revert.</summary>
internal static class TransactionFlow
{
    public static Task SendAsync(Session session, TransactionPlan plan, string what, CancellationToken cancellation) =>
        SendAsync(session, plan, what, [], cancellation);

    /// <summary>The same, with what the transaction means for its sender: shown before it is sent and after.</summary>
    public static async Task SendAsync(
        Session session,
        TransactionPlan plan,
        string what,
        IReadOnlyList<(string Name, JsonNode? Value)> effects,
        CancellationToken cancellation) => session.Output.Facts(await CarryAsync(session, plan, what, effects, cancellation));

    /// <summary>The same without a word: what there is to show is returned.</summary>
    public static async Task<(string Name, JsonNode? Value)[]> CarryAsync(
        Session session,
        TransactionPlan plan,
        string what,
        IReadOnlyList<(string Name, JsonNode? Value)> effects,
        CancellationToken cancellation)
    {
        using PrivateKey key = await session.KeyAsync(cancellation);
        var sender = new TransactionSender(session.Node, key);
        (UInt256? tip, UInt256? maxFee) = await FeeAsync(session, cancellation);
        UnsignedTransaction transaction = await sender.PrepareAsync(plan with
        {
            Tip = plan.Tip ?? tip,
            MaxFeePerGas = plan.MaxFeePerGas ?? maxFee
        }, cancellation);
        if (session.IsDryRun) return PlanOf(sender.From, transaction, what, effects);

        Confirmation.Ask(session, what, effects);

        Hash256 hash = await sender.SendAsync(transaction, cancellation);
        return session.Waits
            ? await OutcomeAsync(session, sender, hash, effects, cancellation)
            : [("transaction", hash.ToString()), ("status", "accepted"), .. effects];
    }

    /// <summary>Waits for the block and shows the receipt; a revert becomes a failure with the module's own reason.</summary>
    public static async Task FinishAsync(
        Session session, TransactionSender? sender, Hash256 hash, CancellationToken cancellation) =>
        session.Output.Facts(await OutcomeAsync(session, sender, hash, [], cancellation));

    private static async Task<(string Name, JsonNode? Value)[]> OutcomeAsync(
        Session session,
        TransactionSender? sender,
        Hash256 hash,
        IReadOnlyList<(string Name, JsonNode? Value)> effects,
        CancellationToken cancellation)
    {
        JsonObject receipt = await WaitAsync(session, sender, hash, cancellation);
        if (receipt["status"]?.GetValue<string>() != "0x1")
            throw await ExplainAsync(session, hash, cancellation);
        return
        [
            ("transaction", hash.ToString()),
            ("status", "succeeded"),
            ("block", Decimal(receipt["blockNumber"])),
            ("gasUsed", Decimal(receipt["gasUsed"])),
            ("fee", FeeOf(receipt).ToString()),
            ("logs", (receipt["logs"] as JsonArray)?.Count ?? 0),
            .. effects,
        ];
    }

    /// <summary>One step of a command that takes several: sends a call and waits for its block.</summary>
    /// <returns>The block.</returns>
    /// <exception cref="CliFailure">It reverted there; the reason is the chain's.</exception>
    public static async Task<ulong> StepAsync(
        Session session, TransactionSender sender, TransactionPlan plan, CancellationToken cancellation)
    {
        Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, cancellation), cancellation);
        JsonObject receipt = await sender.WaitAsync(hash, session.Timeout, cancellation);
        return receipt["status"]?.GetValue<string>() == "0x1" ? (ulong)JsonQuantity.OrZero(receipt["blockNumber"])
            : throw await ExplainAsync(session, hash, cancellation);
    }

    public static string Decimal(JsonNode? quantity) =>
        Hex.TryParseQuantity(quantity?.GetValue<string>(), out UInt256 value) ? value.ToString() : "-";

    public static Amount AmountOf(JsonNode? quantity) =>
        Amount.TryFrom(JsonQuantity.OrZero(quantity), out Amount amount) ? amount : Amount.Zero;

    public static Amount FeeOf(JsonObject receipt)
    {
        UInt256 fee = JsonQuantity.OrZero(receipt["gasUsed"]) * JsonQuantity.OrZero(receipt["effectiveGasPrice"]);
        return Amount.TryFrom(fee, out Amount amount) ? amount : Amount.Zero;
    }

    /// <summary>The same call again, in the state before its block, for the reason that a receipt does not carry.</summary>
    private static async Task<CliFailure> ExplainAsync(Session session, Hash256 hash, CancellationToken cancellation)
    {
        JsonNode? transaction = await session.Node.CallAsync("eth_getTransactionByHash", cancellation, hash.ToString());
        UInt256 block = JsonQuantity.OrZero(transaction?["blockNumber"]);
        try
        {
            await session.Node.CallAsync("eth_call", cancellation, new JsonObject
            {
                ["from"] = transaction?["from"]?.DeepClone(),
                ["to"] = transaction?["to"]?.DeepClone(),
                ["value"] = transaction?["value"]?.DeepClone(),
                ["data"] = transaction?["input"]?.DeepClone(),
                ["gas"] = transaction?["gas"]?.DeepClone(),
            }, (block - UInt256.One).ToHex());
            return new CliFailure(ExitCode.RejectedByChain, "Reverted",
                "the transaction reverted in its block; the same call alone succeeds in the state before it")
            {
                Transaction = hash.ToString(),
                Hint = "an earlier transaction of the block changed the state, or the gas ran out; " +
                    "send it again",
            };
        }
        catch (NodeRefusedException refused) when (refused.RevertData.Length > 0)
        {
            return Refusals.OfRevert((await session.ModulesAsync(cancellation)).DecodeRevert(refused.RevertData), hash.ToString());
        }
    }

    private static async Task<JsonObject> WaitAsync(Session session, TransactionSender? sender, Hash256 hash,
        CancellationToken cancellation)
    {
        using PrivateKey? none = sender is null ? PrivateKey.Generate() : null;
        return await (sender ?? new TransactionSender(session.Node, none!)).WaitAsync(hash, session.Timeout, cancellation);
    }

    private static (string Name, JsonNode? Value)[] PlanOf(
        Address from, UnsignedTransaction transaction, string what, IReadOnlyList<(string Name, JsonNode? Value)> effects) =>
    [
        ("action", what),
        ("from", from.ToString()),
        ("to", transaction.To?.ToString()),
        ("value", Amount.TryFrom(transaction.Value, out Amount value) ? value.ToString() : transaction.Value.ToString()),
        ("nonce", transaction.Nonce.ToString(CultureInfo.InvariantCulture)),
        ("gas", transaction.GasLimit.ToString(CultureInfo.InvariantCulture)),
        ("feeAtMost", Amount.TryFrom(transaction.MaxFeePerGas * transaction.GasLimit, out Amount fee) ? fee.ToString() : "-"),
        ("data", transaction.Data.IsEmpty ? null : Hex.Encode(transaction.Data.Span)),
        .. effects,
        ("sent", "no (--dry-run)"),
    ];

    /// <summary>slow and fast change the tip; a number is the largest fee per gas, in gwei.</summary>
    private static async Task<(UInt256? Tip, UInt256? MaxFee)> FeeAsync(Session session, CancellationToken cancellation)
    {
        if (session.Fee == "normal")
            return (null, null);
        UInt256 tip = await session.Node.QuantityAsync("eth_maxPriorityFeePerGas", cancellation);
        if (session.Fee == "slow")
            return (UInt256.One, null);
        if (session.Fee == "fast")
            return (tip * 2, null);
        if (!ulong.TryParse(session.Fee, NumberStyles.None, CultureInfo.InvariantCulture, out ulong gwei) || gwei is 0 or > 1_000_000_000)
            throw CliFailure.Usage($"'{session.Fee}' is not a fee", "slow, normal, fast, or a whole number of gwei, for example --fee 20");
        UInt256 maxFee = (UInt256)gwei * 1_000_000_000UL;
        return (tip < maxFee ? tip : maxFee, maxFee);
    }
}
