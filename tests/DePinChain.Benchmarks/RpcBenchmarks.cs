using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests;
using DePinChain.Primitives;

namespace DePinChain.Benchmarks;

/// <summary>Reads and accepted transactions over HTTP, beside a bare Kestrel echo and beside anvil, in the same run.</summary>
internal static class RpcBenchmarks
{
    private const int Connections = 16;
    private const int Rounds = 5;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task ReadsAsync()
    {
        await using Localnet ours = await Localnet.StartAsync(null, null, "--validators", "1", "--block-time", "1s");
        using Anvil anvil = await Anvil.StartAsync("--block-time", "1");
        using EchoServer echo = await EchoServer.StartAsync();
        foreach ((string name, string parameters) in new[] { ("eth_blockNumber", ""),
            ("eth_getBalance", "\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\",\"latest\"") })
        {
            byte[] request = HttpLoad.Request($$"""{"jsonrpc":"2.0","id":1,"method":"{{name}}","params":[{{parameters}}]}""");
            var rounds = new List<(LoadResult Ours, LoadResult Echo, LoadResult Anvil)>();
            for (int round = 0; round <= Rounds; round++)
            {
                var results = (await HttpLoad.RepeatAsync(ours.Port, request, Connections, Duration),
                    await HttpLoad.RepeatAsync(echo.Port, request, Connections, Duration),
                        await HttpLoad.RepeatAsync(anvil.Port, request, Connections, Duration));
                if (round > 0) // the first one warms up
                    rounds.Add(results);
            }

            double rate = Figures.Median(rounds.Select(round => round.Ours.PerSecond)),
                p99 = Figures.Median(rounds.Select(round => round.Ours.P99Ms));
            double toEcho = Figures.Median(rounds.Select(round => round.Ours.PerSecond / round.Echo.PerSecond));
            double toAnvil = Figures.Median(rounds.Select(round => round.Ours.PerSecond / round.Anvil.PerSecond));
            Figures.Print(name, $"{rate:0} /s, p99 {p99:0.0} ms, errors {rounds.Sum(round => round.Ours.Errors)}");
            Figures.Print($"{name} / bare Kestrel echo", $"{toEcho:0.00}  (echo " +
                $"{Figures.Median(rounds.Select(round => round.Echo.PerSecond)):0} /s)", toEcho >= 0.75, "goal 0.75");
            double anvilRate = Figures.Median(rounds.Select(round => round.Anvil.PerSecond));
            Figures.Print($"{name} / anvil", $"{toAnvil:0.00}  (anvil {anvilRate:0} /s)", toAnvil >= 0.8, "goal 0.80");
        }
    }

    /// <summary>10,000 signed transfers from 1,000 accounts, single posts; five interleaved rounds, each on fresh nodes.</summary>
    public static async Task AcceptAsync()
    {
        var rates = new List<(double Ours, double Anvil)>();
        for (int round = 0; round < Rounds; round++)
        {
            double ours, peer;
            await using (Localnet node = await Localnet.StartAsync(null, null, "--validators", "1", "--block-time", "1s"))
                ours = await AcceptedAsync(node.Port, "ours");
            using (Anvil anvil = await Anvil.StartAsync("--block-time", "1", "--accounts", "1000", "--gas-limit", "1000000000"))
                peer = await AcceptedAsync(anvil.Port, "anvil");
            rates.Add((ours, peer));
        }

        double ratio = Figures.Median(rates.Select(rate => rate.Ours / rate.Anvil));
        Figures.Print("eth_sendRawTransaction accepted", $"{Figures.Median(rates.Select(rate => rate.Ours)):0} /s");
        Figures.Print("eth_sendRawTransaction / anvil", $"{ratio:0.00}  (anvil {Figures.Median(rates.Select(rate => rate.Anvil)):0} /s)",
            ratio >= 1.5, "goal 1.5");
    }

    private static async Task<double> AcceptedAsync(int port, string who)
    {
        TransferSet set = await TransferSet.FundAsync(port, accounts: 1_000, perAccount: 10);
        LoadResult result = await HttpLoad.PostAllAsync(port, set.Requests, Connections);
        if (result.Errors > 0)
            Console.WriteLine($"  {who}: {result.Errors} of {set.Requests.Count} were refused");
        return result.PerSecond;
    }
}

/// <summary>Pre-signed transfers of many accounts that were funded on the node under test.</summary>
internal sealed record TransferSet(IReadOnlyList<byte[]> Requests, IReadOnlyList<string> Hashes)
{
    private const string Mnemonic = "test test test test test test test test test test test junk";

    /// <summary>Funds the accounts from the ten development keys, waits for it, and signs the transfers in nonce-major order.</summary>
    public static async Task<TransferSet> FundAsync(int port, int accounts, int perAccount)
    {
        using var http = new HttpClient();
        async Task<string> Call(string method, string parameters)
        {
            using var content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{{parameters}}]}""", null,
                "application/json");
            using HttpResponseMessage response = await http.PostAsync($"http://127.0.0.1:{port}", content);
            using var document = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            return document.RootElement.TryGetProperty("result", out System.Text.Json.JsonElement result) ? result.ToString()
                : throw new InvalidOperationException(document.RootElement.ToString());
        }

        ulong chainId = Convert.ToUInt64(await Call("eth_chainId", ""), 16);
        PrivateKey[] keys = Enumerable.Range(1, accounts).Select(index =>
            PrivateKey.FromBytes(Keccak256.Hash(BitConverter.GetBytes(index)).ToArray())).ToArray();
        Hash256 last = default;
        for (int funder = 0; funder < 10; funder++)
        {
            using PrivateKey key = Crypto.Mnemonic.DeriveKey(Mnemonic, (uint)funder);
            ulong nonce = Convert.ToUInt64(await Call("eth_getTransactionCount", $"\"{key.Address}\",\"pending\""), 16);
            for (int index = funder; index < accounts; index += 10)
            {
                Transaction gift = Sign(chainId, nonce++, keys[index].Address, Amount.One.MulDiv(1, 2, Rounding.Down), key);
                await Call("eth_sendRawTransaction", $"\"{Hex.Encode(gift.Raw.Span)}\"");
                last = gift.Hash;
            }
        }

        while ((await Call("eth_getTransactionReceipt", $"\"{last}\"")).Length == 0
            || (await Call("txpool_status", "")).Contains("\"pending\":\"0x0\"", StringComparison.Ordinal) == false)
            await Task.Delay(200);
        Address recipient = Address.FromLow(0xdead);
        Transaction[] transfers = Enumerable.Range(0, accounts * perAccount)
            .Select(index => Sign(chainId, (ulong)(index / accounts), recipient, Amount.FromWei(1), keys[index % accounts])).ToArray();
        return new TransferSet(
            transfers.Select(transfer => HttpLoad.Request(
                $$"""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["{{Hex.Encode(transfer.Raw.Span)}}"]}"""))
                    .ToArray(),
            transfers.Select(transfer => transfer.Hash.ToString()).ToArray());
    }

    private static Transaction Sign(ulong chainId, ulong nonce, Address to, Amount value, PrivateKey key) =>
        TransactionCodec.Sign(new UnsignedTransaction
        {
            ChainId = chainId,
            Nonce = nonce,
            MaxFeePerGas = 100_000_000_000UL,
            MaxPriorityFeePerGas = 1_000_000_000UL,
            GasLimit = 21_000,
            To = to,
            Value = value.ToUInt256(),
        }, key);
}
