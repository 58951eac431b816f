// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROCESS_POOL_H
#define M3_PROCESS_POOL_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Work on a list of items that processes forked from this one share.
struct PoolWork
{
    std::string program;         //!< begins messages
    uint32_t processes = 1;      //!< at least 1; no more than there are items are started
    std::vector<uint64_t> items; //!< taken in this order
    /// Does one, in a process of the pool, and may say how much of it is done, in [0, 1]; after false the process does
    /// no more. Throws nothing
    std::function<bool(uint64_t item, const std::function<void(double share)>& report)> work;
    /// What an item is called in the message about a process that was ended at work on it; may be empty
    std::function<std::string(uint64_t item)> name;
    /// Called in this process now and then. \param done items, with the shares of those being worked on
    std::function<void(double done)> progress;
};

/// What became of it.
struct PoolOutcome
{
    std::size_t done; //!< items
    bool complete;    //!< no process failed
};

/**
 * Returns when all processes have ended. They end when this process does, or soon after. To be called
 * while this process has no threads. \throws InputError if memory or a process is not to be had
 */
PoolOutcome ShareAmongProcesses(const PoolWork& work);

} // namespace ns3::m3

#endif // M3_PROCESS_POOL_H
