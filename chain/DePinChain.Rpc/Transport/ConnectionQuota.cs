using System.Collections.Concurrent;
using System.Net;
using DePinChain.Rpc.Protocol;
using Microsoft.AspNetCore.Connections;

namespace DePinChain.Rpc.Transport;

/// <summary>Counts connections per remote address and drops those above the bound before a byte is read.</summary>
internal sealed class ConnectionQuota(int perAddressMax)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();

    /// <summary>A step of the connection's pipeline.</summary>
    public ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        IPAddress address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!TryEnter(address))
        {
            RpcMetrics.Reject("connections_per_ip");
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    };

    internal bool TryEnter(IPAddress address)
    {
        while (true)
        {
            int open = _open.GetOrAdd(address, 0);
            if (open >= perAddressMax) return false;
            if (_open.TryUpdate(address, open + 1, open)) return true;
        }
    }

    internal void Leave(IPAddress address)
    {
        while (_open.TryGetValue(address, out int open))
        {
            bool isDone = open > 1
                ? _open.TryUpdate(address, open - 1, open)
                : _open.TryRemove(new KeyValuePair<IPAddress, int>(address, open));
            if (isDone) return;
        }
    }
}
