// SPDX-License-Identifier: GPL-2.0-or-later
/* Shows, without the library, that the test guest's kernel offers what the tests need: KVM with a shared TLB array. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int checks, failures;

static int check(int good, const char *what)
{
	int err = errno;

	printf("%s %d - %s\n", good ? "ok" : "not ok", ++checks, what);
	if (!good) {
		printf("# errno %d, %s\n", err, strerror(err));
		failures++;
	}
	return good;
}

static struct kvm_book3e_206_tlb_entry *new_array(unsigned int entries)
{
	void *a = mmap(NULL, entries * sizeof(struct kvm_book3e_206_tlb_entry), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return a == MAP_FAILED ? NULL : a;
}

static int share(int vcpu, struct kvm_book3e_206_tlb_entry *array)
{
	struct kvm_book3e_206_tlb_params params = { .tlb_sizes = { 512, 16 }, .tlb_ways = { 4, 16 } };
	struct kvm_config_tlb config = {
		.params = (uintptr_t)&params, .array = (uintptr_t)array,
		.mmu_type = KVM_MMU_FSL_BOOKE_NOHV, .array_len = (512 + 16) * sizeof(*array),
	};
	struct kvm_enable_cap cap = { .cap = KVM_CAP_SW_TLB, .args = { (uintptr_t)&config } };

	return ioctl(vcpu, KVM_ENABLE_CAP, &cap);
}

static void check_translate(int vcpu, struct kvm_book3e_206_tlb_entry *array)
{
	struct kvm_dirty_tlb dirty = { 0 };
	struct kvm_translation t = { .linear_address = 0x80001234 };

	array[512] = (struct kvm_book3e_206_tlb_entry){
		.mas1 = 0x80000000 | 14 << 7, .mas2 = 0x80000000, .mas7_3 = 0x20000000 | 0x15,
	};
	check(!ioctl(vcpu, KVM_DIRTY_TLB, &dirty), "KVM_DIRTY_TLB");
	check(!ioctl(vcpu, KVM_TRANSLATE, &t) && t.valid && t.physical_address == 0x20001234,
	      "KVM_TRANSLATE finds the entry in the shared array");
	t = (struct kvm_translation){ .linear_address = 0x81000000 };
	check(!ioctl(vcpu, KVM_TRANSLATE, &t) && !t.valid, "KVM_TRANSLATE misses one byte past it");
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = -1, vcpu = -1;
	struct kvm_book3e_206_tlb_entry *array = new_array(512 + 16);

	if (check(kvm >= 0, "open /dev/kvm"))
		vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (check(vm >= 0, "KVM_CREATE_VM"))
		vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (check(vcpu >= 0, "KVM_CREATE_VCPU") &&
	    check(array && !share(vcpu, array), "KVM_ENABLE_CAP(KVM_CAP_SW_TLB)"))
		check_translate(vcpu, array);
	printf("1..%d\n", checks);
	return failures != 0;
}
