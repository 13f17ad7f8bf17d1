using System.Collections.Concurrent;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Transport;

/// <summary>Keeps a few exchanges warm; more than that are made and thrown away under load peaks.</summary>
internal sealed class ExchangePool(int responseMax) : IDisposable
{
    private const int KeptMax = 64;

    private readonly ConcurrentQueue<RpcExchange> _idle = new();
    private int _count;

    public RpcExchange Rent()
    {
        if (!_idle.TryDequeue(out RpcExchange? exchange)) return new RpcExchange(responseMax);
        Interlocked.Decrement(ref _count);
        return exchange;
    }

    public void Return(RpcExchange exchange)
    {
        exchange.Clear();
        if (Interlocked.Increment(ref _count) <= KeptMax)
        {
            _idle.Enqueue(exchange);
            return;
        }

        Interlocked.Decrement(ref _count);
        exchange.Dispose();
    }

    public void Dispose()
    {
        while (_idle.TryDequeue(out RpcExchange? exchange)) exchange.Dispose();
    }
}
