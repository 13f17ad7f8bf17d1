using System.Net;
using System.Net.Sockets;
using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>Whether a node that does not run could: nobody has its home and its ports.</summary>
internal static class Surroundings
{
    public static IEnumerable<Finding> OfStopped(NodeHome home, NodeSettings settings)
    {
        yield return OfLock(home);
        yield return OfPort("rpc port", settings.RpcHost, settings.RpcPort);
        if (settings.Listen is { } listen)
        {
            if (TryReadTcp(listen, out string host, out int port)) yield return OfPort("p2p port", host, port);
            else yield return Finding.Bad("p2p port", ExitCode.LocalState, $"{listen} is not of the form /ip4/ADDRESS/tcp/PORT");
        }

        yield return Finding.Bad(
            "node", ExitCode.Unreachable, $"nothing answers on port {settings.RpcPort}; start it with: depin node run --home {home.Path}");
    }

    private static Finding OfLock(NodeHome home)
    {
        try
        {
            home.Folder.Lock(NodeHome.LockFile).Dispose();
            return Finding.Good("lock", "no process uses this home");
        }
        catch (RefusalException held)
        {
            return Finding.Bad("lock", held.Code, held.Message);
        }
    }

    private static Finding OfPort(string check, string host, int port)
    {
        try
        {
            using TcpListener probe = new(IPAddress.Parse(host), port);
            probe.Start();
            return Finding.Good(check, $"{host}:{port} is free");
        }
        catch (Exception taken) when (taken is SocketException or FormatException)
        {
            return Finding.Bad(check, ExitCode.LocalState, $"{host}:{port} cannot be used ({taken.Message})");
        }
    }

    private static bool TryReadTcp(string multiaddress, out string host, out int port)
    {
        string[] parts = multiaddress.Split('/');
        bool isTcp = parts is ["", "ip4" or "ip6", _, "tcp", ..] && parts.Length >= 5;
        host = isTcp ? parts[2] : "";
        port = 0;
        return isTcp && int.TryParse(parts[4], out port) && port is >= 0 and <= ushort.MaxValue;
    }
}
