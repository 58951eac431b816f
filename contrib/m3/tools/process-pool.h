// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROCESS_POOL_H
#define M3_PROCESS_POOL_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Work on a list of items, shared by processes that are forked from this one.
struct PoolWork
{
    std::string program;         //!< name of the program, for messages
    uint32_t processes = 1;      //!< maximum number of processes, at least 1; there is at most one per item
    std::vector<uint64_t> items; //!< taken in this order
    /// Works on an item in a process of the pool and may report the share done, in [0, 1]. After false the process
    /// takes no more items. Does not throw.
    std::function<bool(uint64_t item, const std::function<void(double share)>& report)> work;
    /// Returns the name of an item, for the message about a process that was killed at work on it; may be empty.
    std::function<std::string(uint64_t item)> name;
    /// Called in this process from time to time. \param done number of items done, with the shares of those in work
    std::function<void(double done)> progress;
};

/// Outcome of the work.
struct PoolOutcome
{
    std::size_t done; //!< number of items done
    bool complete;    //!< whether no process failed
};

/**
 * Shares the work and returns when all processes have ended. They end when this process does, or soon after. To be
 * called while this process has no other threads. \throws InputError if memory is not available or a process cannot be
 * started
 */
PoolOutcome ShareAmongProcesses(const PoolWork& work);

} // namespace ns3::m3

#endif // M3_PROCESS_POOL_H
