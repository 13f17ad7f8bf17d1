using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Node.Homes;

namespace DePinChain.Node.Processes;

/// <summary>Makes the homes of a localnet's nodes: keys from the public mnemonic, free ports, and everybody a persistent peer.</summary>
internal sealed class LocalnetHomes(NodeOptions options, NetworkFolder folder, GenesisDocument genesis)
{
    private static readonly TimeSpan FreeWithin = TimeSpan.FromSeconds(10);

    private readonly SortedSet<int> _taken = [];

    /// <summary>The homes, one for each validator; settings are written anew because ports may have changed.</summary>
    /// <exception cref="RefusalException">The first RPC port is taken, or a node of a former start still runs.</exception>
    public IReadOnlyList<NodeHome> Prepare()
    {
        int count = genesis.Validators.Count;
        int[] rpcPorts = [.. Enumerable.Range(0, count).Select(RpcPort)];
        string[] listen = [.. Enumerable.Range(0, count).Select(index => PeerAddress(PortFrom(options.PeerPort + index)))];
        string[] peers = new string[count];
        NodeHome[] homes = new NodeHome[count];
        for (int index = 0; index < count; index++)
        {
            homes[index] = new NodeHome(folder.PathOf(index));
            WaitUntilFree(homes[index]);
            using PrivateKey key = LocalnetKeys.Node(index);
            peers[index] = $"{listen[index]}/p2p/{PeerWire.IdOf(key)}";
            if (!homes[index].HasSettings) WriteKeys(homes[index], key, index);
        }

        for (int index = 0; index < count; index++)
        {
            homes[index].Write(new NodeSettings
            {
                Name = genesis.Validators[index].Name,
                Genesis = Path.Combine("..", NodeHome.GenesisFile),
                SignerKey = NodeHome.SignerFile,
                Listen = listen[index],
                PersistentPeers = [.. peers.Where((_, other) => other != index)],
                Archive = options.Archive,
                RpcPort = rpcPorts[index],
            });
        }

        return homes;
    }

    private static string PeerAddress(int port) => string.Create(CultureInfo.InvariantCulture, $"/ip4/127.0.0.1/tcp/{port}");

    private static void WriteKeys(NodeHome home, PrivateKey nodeKey, int index)
    {
        home.WriteNodeKey(nodeKey);
        using SignerKeys keys = new(LocalnetKeys.Signing(index), LocalnetKeys.Vrf(index));
        home.WriteSignerKeys(keys);
    }

    // The first port is the one that people and wallets know; the others move when somebody has them.
    private int RpcPort(int index)
    {
        if (index > 0 || options.RpcPort == 0) return PortFrom(options.RpcPort + index);
        if (!TryTake(options.RpcPort)) throw Failures.OfPort(options.RpcPort, cause: null);
        return options.RpcPort;
    }

    private int PortFrom(int wanted)
    {
        if (wanted is > 1023 and <= ushort.MaxValue && TryTake(wanted)) return wanted;
        while (true)
        {
            using TcpListener any = new(IPAddress.Loopback, 0);
            any.Start();
            int port = ((IPEndPoint)any.LocalEndpoint).Port;
            if (_taken.Add(port)) return port;
        }
    }

    private bool TryTake(int port)
    {
        if (_taken.Contains(port)) return false;
        try
        {
            using TcpListener probe = new(IPAddress.Loopback, port);
            probe.Start();
        }
        catch (SocketException)
        {
            return false;
        }

        return _taken.Add(port);
    }

    // When the process before this one was killed, its nodes notice and stop: that takes a moment.
    private static void WaitUntilFree(NodeHome home)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                home.Folder.Lock(NodeHome.LockFile).Dispose();
                return;
            }
            catch (RefusalException) when (TimeProvider.System.GetElapsedTime(began) < FreeWithin)
            {
                Thread.Sleep(20);
            }
        }
    }
}
