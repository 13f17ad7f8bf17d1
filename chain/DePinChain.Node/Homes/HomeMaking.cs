using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Node.Homes;

/// <summary>Makes a node's home: its own copy of the genesis, keys that nobody else has, and settings that explain themselves.</summary>
internal static class HomeMaking
{
    /// <summary>Makes the home and says what is in it. An existing one is never changed.</summary>
    /// <exception cref="RefusalException">There is a home already, or the network is not known.</exception>
    public static ExitCode Run(HomeOptions options, TextWriter output)
    {
        NodeHome home = new(options.Home);
        if (home.HasSettings)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"{home.Path} is a node's home already; change its {NodeHome.SettingsFile}, or choose another --home.");
        }

        (GenesisDocument genesis, string json) = Read(options.Network);
        home.Folder.Replace(NodeHome.GenesisFile, Encoding.UTF8.GetBytes(json));
        using PrivateKey nodeKey = PrivateKey.Generate();
        home.WriteNodeKey(nodeKey);
        Address? signer = options.InitSigner ? BeginSigner(home, genesis) : null;
        home.Write(new NodeSettings
        {
            Name = options.Name,
            SignerKey = signer is null ? null : NodeHome.SignerFile,
            Listen = options.Listen,
            ExternalAddresses = options.External,
            PersistentPeers = options.Peers,
            Bootnodes = options.Bootnodes,
            Archive = options.Archive,
            RpcPort = options.RpcPort,
        });
        Tell(output, options, home, genesis, PeerWire.IdOf(nodeKey), signer);
        return ExitCode.Success;
    }

    /// <summary>Hash of block 0.</summary>
    public static Hash256 HashOf(GenesisDocument genesis) => ChainOpening.HashOf(genesis, ModuleCatalog.Modules);

    private static (GenesisDocument Genesis, string Json) Read(string network)
    {
        bool isNamed = network is "localnet" or "testnet" or "mainnet";
        string file = isNamed ? Path.Combine(AppContext.BaseDirectory, "genesis", network + ".json") : Path.GetFullPath(network);
        try
        {
            string json = File.ReadAllText(file);
            return (NodeHome.Understand(json, file), json);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.Usage,
                $"--network {network} is neither localnet, testnet, mainnet nor a genesis document that can be read ({missing.Message}).",
                missing);
        }
    }

    private static Address BeginSigner(NodeHome home, GenesisDocument genesis)
    {
        using SignerKeys keys = new(PrivateKey.Generate(), PrivateKey.Generate());
        home.WriteSignerKeys(keys);
        SignerGuard.Open(home.Folder, genesis.ChainId, digest => keys.Signing.Sign(digest), initialize: true).Dispose();
        return keys.Signing.Address;
    }

    private static void Tell(
        TextWriter output, HomeOptions options, NodeHome home, GenesisDocument genesis, string peerId, Address? signer)
    {
        (string Name, string? Value)[] facts =
        [
            ("home", home.Path),
            ("network", genesis.Name),
            ("genesis", HashOf(genesis).ToString()),
            ("peerId", peerId),
            ("signer", signer?.ToString()),
            ("settings", home.PathOf(NodeHome.SettingsFile)),
        ];
        if (options.Json)
        {
            using MemoryStream text = new();
            using (Utf8JsonWriter json = new(text))
            {
                json.WriteStartObject();
                foreach ((string name, string? value) in facts) json.WriteString(name, value);
                json.WriteEndObject();
            }

            output.WriteLine(Encoding.UTF8.GetString(text.ToArray()));
            return;
        }

        foreach ((string name, string? value) in facts) output.WriteLine($"{name,-10}{value ?? "none: the node follows without voting"}");
    }
}
