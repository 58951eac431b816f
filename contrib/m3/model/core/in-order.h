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
 * Results of work that several threads do ahead of the one that takes them in order. Few results wait at a time.
 */
template <typename Result>
class OrderedResults
{
  public:
    /// \param count of results \param waiting number that may be ahead of what is taken
    OrderedResults(std::size_t count, std::size_t waiting)
        : m_count(count),
          m_waiting(waiting)
    {
    }

    /// Does the work that nobody does yet until none is left or something has failed; for each thread.
    template <typename Work>
    void DoWork(const Work& work)
    {
        std::unique_lock lock(m_mutex);
        while (true)
        {
            m_changed.wait(lock, [&] { return m_failure || m_next == m_count || m_next < m_taken + m_waiting; });
            if (m_failure || m_next == m_count)
            {
                return;
            }
            const std::size_t mine = m_next++;
            lock.unlock();
            try
            {
                Result result = work(mine);
                lock.lock();
                m_done.emplace(mine, std::move(result));
            }
            catch (...)
            {
                lock.lock();
                m_failure = std::current_exception();
            }
            m_changed.notify_all();
        }
    }

    /// Gives every result to `join` in order, until something has failed. Once `join` returns false, no more work
    /// begins.
    template <typename Join>
    void TakeAll(const Join& join)
    {
        std::unique_lock lock(m_mutex);
        while (m_taken < m_count)
        {
            m_changed.wait(lock, [&] { return m_failure || m_done.count(m_taken); });
            if (m_failure)
            {
                return;
            }
            auto mine = m_done.extract(m_taken);
            lock.unlock();
            std::exception_ptr thrown;
            bool goesOn = true;
            try
            {
                goesOn = join(m_taken, std::move(mine.mapped()));
            }
            catch (...)
            {
                thrown = std::current_exception();
            }
            lock.lock();
            m_failure = thrown ? thrown : m_failure;
            m_count = goesOn ? m_count : m_next;
            m_taken++;
            m_changed.notify_all();
        }
    }

    /// Throws what has failed, if anything; when all threads have stopped.
    void ThrowFailure() const
    {
        if (m_failure)
        {
            std::rethrow_exception(m_failure);
        }
    }

  private:
    std::size_t m_count; //!< of results, as many as have begun when no more are to begin
    const std::size_t m_waiting;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<std::size_t, Result> m_done;
    std::size_t m_next = 0;  //!< to be worked on
    std::size_t m_taken = 0; //!< so far
    std::exception_ptr m_failure;
};

/**
 * As InOrder, until `join` returns false: then no more work begins, and what has begun is joined, too. So the results
 * that are joined are the first ones; with one thread none follows.
 */
template <typename Work, typename Join>
void InOrderWhile(std::size_t count, uint32_t threads, const Work& work, const Join& join)
{
    if (threads <= 1 || count <= 1)
    {
        bool goesOn = true;
        for (std::size_t i = 0; i < count && goesOn; i++)
        {
            goesOn = join(i, work(i));
        }
        return;
    }
    constexpr std::size_t WAITING = 4; // results per thread
    OrderedResults<decltype(work(std::size_t{}))> results(count, threads * WAITING);
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < std::min<std::size_t>(threads, count); i++)
    {
        workers.emplace_back([&] { results.DoWork(work); });
    }
    results.TakeAll(join);
    for (std::thread& worker : workers)
    {
        worker.join();
    }
    results.ThrowFailure();
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
    InOrderWhile(count,
                 threads,
                 work,
                 [&](std::size_t i, auto&& result)
                 {
                     join(i, std::forward<decltype(result)>(result));
                     return true;
                 });
}

} // namespace ns3::m3

#endif // M3_IN_ORDER_H
