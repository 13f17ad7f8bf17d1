using System.Globalization;
using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>What a running node says of itself over its own RPC.</summary>
internal sealed class RunningNode
{
    private const ulong LagMax = 2;
    private const ulong StaleBlockTimes = 5;

    private static readonly string[] Questions =
    [
        Question(0, "eth_blockNumber"),
        Question(1, "eth_syncing"),
        Question(2, "net_peerCount"),
        Question(3, "eth_getBlockByNumber", "\"0x0\"", "false"),
        Question(4, "eth_getBlockByNumber", "\"latest\"", "false"),
        Question(5, "web3_clientVersion"),
    ];

    private readonly SortedDictionary<int, JsonElement> _answers;

    private RunningNode(SortedDictionary<int, JsonElement> answers) => _answers = answers;

    /// <summary>Asks the node of a home; null when nothing answers.</summary>
    public static async Task<RunningNode?> FindAsync(NodeSettings settings, CancellationToken stopping)
    {
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using StringContent batch = new($"[{string.Join(',', Questions)}]", Encoding.UTF8, "application/json");
            string url = string.Create(CultureInfo.InvariantCulture, $"http://{settings.RpcHost}:{settings.RpcPort}");
            using HttpResponseMessage response = await http.PostAsync(url, batch, stopping);
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(stopping));
            SortedDictionary<int, JsonElement> answers = [];
            foreach (JsonElement answer in document.RootElement.EnumerateArray())
                answers[answer.GetProperty("id").GetInt32()] = answer.GetProperty("result").Clone();
            return answers.Count == Questions.Length ? new RunningNode(answers) : null;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Genesis, peers, lag and the age of the last block.</summary>
    public IEnumerable<Finding> Findings(GenesisDocument? genesis)
    {
        yield return Finding.Good("node", $"{_answers[5].GetString()} runs at height {Number(_answers[0])}");
        if (genesis is not null) yield return OfGenesis(genesis);
        ulong peers = Number(_answers[2]);
        yield return peers > 0 ? Finding.Good("peers", $"{peers} connected") : OfNoPeers(genesis);
        yield return OfLag();
        if (genesis is not null) yield return OfAge(genesis);
    }

    private Finding OfGenesis(GenesisDocument genesis)
    {
        string runs = _answers[3].GetProperty("hash").GetString() ?? "";
        string file = HomeMaking.HashOf(genesis).ToString();
        return runs == file
            ? Finding.Good("network", $"block 0 is {runs}")
            : Finding.Bad("network", ExitCode.LocalState, $"the node that answers has block 0 {runs}, this home's genesis gives {file}");
    }

    private static Finding OfNoPeers(GenesisDocument? genesis) => genesis?.Validators.Count == 1
        ? Finding.Good("peers", "none, on a network of one validator")
        : Finding.Bad(
            "peers", ExitCode.Unreachable, "none is connected; check the listening address, the firewall, bootnodes and persistentPeers");

    private Finding OfLag()
    {
        if (_answers[1].ValueKind == JsonValueKind.False) return Finding.Good("lag", "follows the chain");
        ulong at = Number(_answers[1].GetProperty("currentBlock")), best = Number(_answers[1].GetProperty("highestBlock"));
        return best <= at + LagMax
            ? Finding.Good("lag", $"{best - Math.Min(at, best)} blocks behind")
            : Finding.Odd("lag", $"catching up: block {at} of {best}");
    }

    private Finding OfAge(GenesisDocument genesis)
    {
        ulong stamp = Number(_answers[4].GetProperty("timestamp"));
        ulong now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        ulong age = now > stamp ? now - stamp : 0;
        ulong stale = Math.Max(30, StaleBlockTimes * genesis.BlockTimeMs / 1000);
        return age <= stale
            ? Finding.Good("blocks", $"the last one is {age} s old")
            : Finding.Odd("blocks", $"the last one is {age} s old: does the network stand, or this node?");
    }

    private static ulong Number(JsonElement quantity) => Convert.ToUInt64(quantity.GetString(), 16);

    private static string Question(int id, string method, params string[] parameters) =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":[{{string.Join(',', parameters)}}]}""";
}
