// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MPI_WORK_H
#define M3_MPI_WORK_H

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// Whether mpirun (that of Open MPI, MPICH or their kin) started this process. Does not touch MPI.
bool StartedByMpirun();

/// \throws InputError that says what to install
[[noreturn]] void ThrowBuiltWithoutMpi();

/**
 * As RunProgram, of a program that mpirun may have started. An exception on any rank ends all of them, with one message
 * and exit code 1: where all meet the same error, rank 0 says it.
 */
int RunMpiProgram(const char* name, const std::function<int()>& main);

/// Brings MPI up unless it is; it is up until RunMpiProgram() ends. \throws InputError if the program was built without
/// Boost.MPI
void StartMpi();

/// Work on a list of items that processes started by mpirun share, on one machine or many.
struct MpiWork
{
    std::function<std::vector<uint64_t>()> list; //!< the items; called on rank 0, which tells them to all
    std::function<void(uint64_t item)> work;     //!< does one
    std::function<void(uint64_t done, uint64_t items)> progress; //!< called on rank 0 now and then
};

/// What became of it. On rank 0 of all ranks together, elsewhere of this one.
struct MpiOutcome
{
    bool isFirst; //!< this is rank 0
    uint64_t done;
};

/**
 * Does this process's part: every n-th item, where n processes share the list. Returns on rank 0 when all are done. To
 * be called once, where StartedByMpirun() and within RunMpiProgram().
 * \throws InputError if the program was built without Boost.MPI; what `list` and `work` throw
 */
MpiOutcome ShareWork(const MpiWork& work);

} // namespace ns3::m3

#endif // M3_MPI_WORK_H
