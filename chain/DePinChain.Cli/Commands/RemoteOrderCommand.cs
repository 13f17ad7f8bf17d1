using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Relay;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A lease on another network, ordered with coins of this one.</summary>
internal static class RemoteOrderCommand
{
    public static Command Build(Option<string> to, Option<ulong> lane)
    {
        var file = new Argument<FileInfo>("file") { Description = "What to run, as for 'depin compute deploy'; one group." };
        var amount = new Argument<string>("amount") { Description = "The deposit: DPN, or with --asset base units of a token." };
        var asset = new Option<uint>("--asset") { Description = "The number of a token here; DPN when left out." };
        var within = new Option<ulong>("--within")
        {
            Description = "Seconds until it comes back if it has not arrived, at most a week.",
            DefaultValueFactory = static _ => 600,
        };
        var command = new Command(
            "order", "Order a lease on the other network. Its fee, 0.001 DPN, and your gas there come out of your account there.")
        {
            file, amount, to, lane, asset, within,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            using JsonRpcConnection other = LaneCommands.Other(session, parse);
            using PrivateKey key = await session.KeyAsync(cancellation);
            PlannedGroup[] groups = [.. ComputeCommands.ReadFile(parse.GetValue(file)!)];
            if (groups.Length != 1) throw CliFailure.Usage($"an order over a lane has one group, the file has {groups.Length}");
            uint token = parse.GetValue(asset);
            UInt128 units = LaneCommands.UnitsOf(parse.GetValue(amount)!, token);
            LaneEnd here = await LaneEnd.OpenAsync(session.Node, key, parse.GetValue(lane), cancellation);
            ModuleGateway packets = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "packets");
            ModuleDirectory modules = await ModuleDirectory.LoadAsync(other, cancellation);
            ModuleGateway market = ModuleGateway.Of(other, modules, "computeMarket");
            ulong chain = (ulong)await other.QuantityAsync("eth_chainId", cancellation);
            ModuleGateway others = ModuleGateway.Of(other, modules, "packets");
            UInt256 there = await TokenThereAsync(packets, others, here, token, cancellation);

            byte[][] bytes = [groups[0].Manifest.Encode()];
            byte[] hash = LeaseManifest.HashOf(bytes.Select(SHA256.HashData));
            ulong dseq = (ulong)await other.QuantityAsync("eth_blockNumber", cancellation);
            while ((await market.RecordAsync("getDeployment", cancellation, key.Address, (UInt256)dseq)).Count("state") != 0) dseq++;
            byte[] order = market.Calldata(
                "createDeployment", (UInt256)dseq, hash, new object?[] { groups[0].Spec }, UInt256.Zero, UInt256.Zero, UInt256.Zero, there,
                (UInt256)units);
            JsonNode? head = await other.CallAsync("eth_getBlockByNumber", cancellation, "latest", false);
            UInt256 timeout = JsonQuantity.OrZero(head?["timestamp"]) + (UInt256)parse.GetValue(within);
            Hash256 digest = OrderSigning.Digest(chain, others.Address, here.Counterparty, key.Address, order, (ulong)timeout);
            new ComputeBook(chain, key.Address.ToString(), dseq, [.. bytes.Select(Convert.ToBase64String)]).Save();
            TransactionPlan plan = packets.Plan(
                "order", token == 0 ? new Amount(units) : Amount.Zero, (UInt256)here.Lane, (UInt256)(ulong)token, (UInt256)units,
                timeout, order, timeout, key.Sign(digest).ToArray());
            await TransactionFlow.SendAsync(
                session, plan, $"order a lease on chain {chain}",
                [
                    ("deployment", dseq.ToString(CultureInfo.InvariantCulture)), ("timeout", timeout.ToString()),
                    ("next", $"depin relay run carries it; then depin compute send {dseq} --rpc {other.Endpoint}"),
                ],
                cancellation);
        });
        return command;
    }

    // What this network's asset is called over there: a voucher that goes home, or a voucher of it, which must have come over before.
    private static async Task<UInt256> TokenThereAsync(
        ModuleGateway packets, ModuleGateway others, LaneEnd here, uint token, CancellationToken cancellation)
    {
        string name = token == 0 ? "dpn" : string.Create(CultureInfo.InvariantCulture, $"token/{token}");
        if (token != 0)
        {
            try
            {
                AbiRecord voucher = await packets.RecordAsync("voucher", cancellation, (UInt256)(ulong)token);
                name = voucher.Text("denomination");
            }
            catch (NodeRefusedException)
            {
                // It is a token of this network's own.
            }
        }

        string home = string.Create(CultureInfo.InvariantCulture, $"transfer/{here.Lane}/");
        if (name.StartsWith(home, StringComparison.Ordinal))
        {
            string own = name[home.Length..];
            if (own == "dpn") return UInt256.Zero;
            if (own.StartsWith("token/", StringComparison.Ordinal)) return UInt256.Parse(own["token/".Length..]);
            name = own;
        }
        else
        {
            name = string.Create(CultureInfo.InvariantCulture, $"transfer/{here.Counterparty}/{name}");
        }

        UInt256 there = (UInt256)(await others.ValueAsync("voucherOf", cancellation, name))!;
        return there != UInt256.Zero ? there : throw new CliFailure(
            ExitCode.RejectedByChain, "UnknownThere", $"{name} is not known on the other network yet")
        {
            Hint = "send a little of it first with 'depin relay send', so that it has a number there",
        };
    }
}
