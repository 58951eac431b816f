// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_IN_ORDER_H
#define M3_IN_ORDER_H

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// What a number of threads means: 0 is one per processor.
inline uint32_t ThreadCount(uint32_t threads)
{
    return threads ? threads : std::max(1U, std::thread::hardware_concurrency());
}

/**
 * Calls join(i, work(i)) for i = 0, 1, ... count - 1, one after the other on the calling thread, while several threads
 * do the work ahead of it: what comes out does not depend on their number. Few results wait at a time.
 *
 * \param threads that do the work, at least 1; with 1 it is the calling thread
 * \param work must be safe to call from several threads
 * \throws what work or join throws, when all threads have stopped
 */
template <typename Work, typename Join>
void InOrder(std::size_t count, uint32_t threads, const Work& work, const Join& join)
{
    if (threads <= 1 || count <= 1)
    {
        for (std::size_t i = 0; i < count; i++)
        {
            join(i, work(i));
        }
        return;
    }
    using Result = decltype(work(std::size_t{}));
    constexpr std::size_t WAITING = 4; // results per thread
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::size_t, Result> done;
    std::size_t next = 0;   // to be worked on
    std::size_t joined = 0; // so far
    std::exception_ptr failure;
    const auto run = [&]
    {
        std::unique_lock lock(mutex);
        while (true)
        {
            changed.wait(lock, [&] { return failure || next == count || next < joined + threads * WAITING; });
            if (failure || next == count)
            {
                return;
            }
            const std::size_t mine = next++;
            lock.unlock();
            try
            {
                Result result = work(mine);
                lock.lock();
                done.emplace(mine, std::move(result));
            }
            catch (...)
            {
                lock.lock();
                failure = std::current_exception();
            }
            changed.notify_all();
        }
    };
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < std::min<std::size_t>(threads, count); i++)
    {
        workers.emplace_back(run);
    }
    std::unique_lock lock(mutex);
    while (joined < count && !failure)
    {
        changed.wait(lock, [&] { return failure || done.count(joined); });
        if (failure)
        {
            break;
        }
        auto mine = done.extract(joined);
        lock.unlock();
        std::exception_ptr thrown;
        try
        {
            join(joined, std::move(mine.mapped()));
        }
        catch (...)
        {
            thrown = std::current_exception();
        }
        lock.lock();
        failure = thrown ? thrown : failure;
        joined++;
        changed.notify_all();
    }
    lock.unlock();
    for (std::thread& worker : workers)
    {
        worker.join();
    }
    if (failure)
    {
        std::rethrow_exception(failure);
    }
}

} // namespace ns3::m3

#endif // M3_IN_ORDER_H
