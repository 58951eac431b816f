// SPDX-License-Identifier: GPL-2.0-only
#include "process-pool.h"

#include "ns3/m3-input-error.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <iostream>
#include <new>
#include <thread>

namespace ns3::m3
{

namespace
{

constexpr uint32_t WHOLE = 1'000'000; // an item

/// What the processes share.
struct Board
{
    std::atomic<std::size_t> taken{0}; //!< of the items
    std::atomic<std::size_t> done{0};
    std::atomic<uint32_t>* begun = nullptr; //!< per process, how much of its item is done, of WHOLE
    std::atomic<uint64_t>* item = nullptr;  //!< per process, place of its item in the list, from 1; 0: none

    static_assert(std::atomic<std::size_t>::is_always_lock_free, "is used by several processes");
    static_assert(std::atomic<uint32_t>::is_always_lock_free, "is used by several processes");
};

/// Memory that forked processes have in common.
void* SharedMemory(std::size_t bytes)
{
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
    {
        throw InputError("no memory to share with worker processes");
    }
    return memory;
}

Board& MakeBoard(std::size_t processes)
{
    Board& board = *new (SharedMemory(sizeof(Board))) Board;
    board.begun = static_cast<std::atomic<uint32_t>*>(SharedMemory(processes * sizeof(std::atomic<uint32_t>)));
    board.item = static_cast<std::atomic<uint64_t>*>(SharedMemory(processes * sizeof(std::atomic<uint64_t>)));
    for (std::size_t i = 0; i < processes; i++)
    {
        new (board.begun + i) std::atomic<uint32_t>(0);
        new (board.item + i) std::atomic<uint64_t>(0);
    }
    return board;
}

/// Does items until all are taken, one fails, or the process that started this one is gone.
bool Work(const PoolWork& work, Board& board, std::size_t process, pid_t parent)
{
    std::atomic<uint32_t>& begun = board.begun[process];
    const auto report = [&begun](double share)
    { begun = static_cast<uint32_t>(std::lround(std::clamp(share, 0.0, 1.0) * WHOLE)); };
    for (std::size_t i = board.taken++; i < work.items.size() && getppid() == parent; i = board.taken++)
    {
        board.item[process] = i + 1;
        if (!work.work(work.items[i], report))
        {
            return false;
        }
        begun = 0;
        board.item[process] = 0;
        board.done++;
    }
    return true;
}

/// Ends this process when its parent does, at once where the system can, or else after its item.
void EndWith(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) // it ended before
    {
        _exit(1);
    }
#else
    static_cast<void>(parent);
#endif
}

/// \return ids of the processes
std::vector<pid_t> Start(const PoolWork& work, std::size_t processes, Board& board)
{
    const pid_t parent = getpid();
    std::vector<pid_t> pids;
    while (pids.size() < processes)
    {
        const pid_t pid = fork();
        if (pid < 0)
        {
            throw InputError("cannot start a worker process");
        }
        if (pid == 0)
        {
            EndWith(parent);
            _exit(Work(work, board, pids.size(), parent) ? 0 : 1);
        }
        pids.push_back(pid);
    }
    return pids;
}

} // namespace

PoolOutcome ShareAmongProcesses(const PoolWork& work)
{
    const std::size_t processes = std::min<std::size_t>(work.processes, work.items.size());
    if (processes == 0)
    {
        return {0, true};
    }
    Board& board = MakeBoard(processes);
    std::vector<pid_t> pids = Start(work, processes, board);
    bool complete = true;
    for (std::size_t left = processes; left > 0;)
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        auto done = static_cast<double>(board.done);
        for (std::size_t i = 0; i < processes; i++)
        {
            done += static_cast<double>(board.begun[i]) / WHOLE;
        }
        work.progress(done);
        for (std::size_t i = 0; i < processes; i++)
        {
            pid_t& pid = pids[i];
            int status = 0;
            if (pid > 0 && waitpid(pid, &status, WNOHANG) == pid)
            {
                if (WIFSIGNALED(status))
                {
                    const uint64_t item = board.item[i];
                    std::cerr << '\n'
                              << work.program << ": a worker process was ended by signal " << WTERMSIG(status)
                              << (item && work.name ? " at work on " + work.name(work.items[item - 1]) : "")
                              << "; start the program again to continue\n";
                }
                complete = complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
                pid = 0;
                left--;
            }
        }
    }
    return {board.done, complete};
}

} // namespace ns3::m3
